import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectionOf } from './connection.ts';

/** What is asked of a socket, as a socket of node:net or a stand-in has it. */
const socketOf = (members: object): Socket => members as Socket;

describe('connectionOf', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8::7', '2001:db8::7'],
    [undefined, undefined],
  ])('tells the address %s as %s', (remoteAddress, address) => {
    expect(connectionOf(socketOf({ remoteAddress }))).toEqual({ address, scheme: 'http', isInjected: false });
  });

  it('tells TLS', () => {
    expect(connectionOf(socketOf({ remoteAddress: '::1', encrypted: true })).scheme).toBe('https');
    expect(connectionOf(socketOf({ remoteAddress: '::1', encrypted: false })).scheme).toBe('http');
  });

  it('tells what is no connection', () => {
    expect(connectionOf(socketOf({}))).toEqual({ address: undefined, scheme: 'http', isInjected: true });
  });

  it('asks a socket once', () => {
    let asked = 0;
    const socket = socketOf({
      get remoteAddress() {
        asked++;
        return '10.0.0.1';
      },
    });
    const connections = [1, 2, 3].map(() => connectionOf(socket));
    expect(asked).toBe(1);
    expect(new Set(connections).size).toBe(1);
  });

  it('asks each time where nothing can be kept', () => {
    const socket = socketOf(Object.freeze({ remoteAddress: '10.0.0.1' }));
    expect(connectionOf(socket)).toEqual(connectionOf(socket));
  });
});
