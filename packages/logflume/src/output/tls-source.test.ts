import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FileReloadDiagnostic } from '../config/diagnostic.ts';
import type { TlsOptions } from '../config/logger-options.ts';
import { createTlsSource, type PemOptions } from './tls-source.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../delivery/test/fixtures/${name}`, import.meta.url));
const [cert, otherCert, key] = ['loopback-cert.pem', 'elsewhere-cert.pem', 'loopback-key.pem'].map(fixture);

/** Files in memory, a clock by hand. */
function createWorld(initial: Readonly<Record<string, Buffer | undefined>>) {
  const files = new Map(Object.entries(initial));
  const world = {
    files,
    reads: 0,
    nowMs: 0,
    events: [] as FileReloadDiagnostic[],
    open(tls: TlsOptions): () => PemOptions {
      const source = createTlsSource(tls, {
        readFile(path) {
          world.reads++;
          return contentOf(path);
        },
        stampOf: (path) => `${contentOf(path).length}:${contentOf(path).subarray(40, 80)}`,
        nowMs: () => world.nowMs,
        report: (event) => world.events.push(event),
      });
      if (typeof source !== 'function') throw new TypeError('no file');
      return source;
    },
  };
  const contentOf = (path: string): Buffer => {
    const content = files.get(path);
    if (content === undefined) throw Object.assign(new Error('s3cret'), { code: 'ENOENT' });
    return content;
  };
  return world;
}

describe('createTlsSource', () => {
  it('is nothing for no certificates, and the same values for PEM in the options', () => {
    expect(createTlsSource({})).toBeUndefined();
    const tls = { ca: '-----BEGIN A', serverName: 'collector.example' };
    expect(createTlsSource(tls)).toEqual({ ca: Buffer.from('-----BEGIN A'), servername: 'collector.example' });
    expect(createTlsSource({ ca: '-----BEGIN A', caFile: '/not/read' })).toEqual({ ca: Buffer.from('-----BEGIN A') });
  });

  it('reads files once, and answers the same object while they do not change', () => {
    const world = createWorld({ '/ca': cert });
    const source = world.open({ caFile: '/ca', serverName: 'a' });
    const first = source();
    expect(first).toEqual({ ca: cert, servername: 'a' });
    world.nowMs += 10_000;
    expect(source()).toBe(first);
    expect([world.reads, world.events]).toEqual([1, []]);
  });

  it('reads a changed file anew, at most once a second, and tells', () => {
    const world = createWorld({ '/ca': cert });
    const source = world.open({ caFile: '/ca' });
    source();
    world.files.set('/ca', otherCert);
    world.nowMs += 999;
    expect(source()).toEqual({ ca: cert });
    world.nowMs += 1;
    expect(source()).toEqual({ ca: otherCert });
    expect(world.events).toEqual([
      { kind: 'fileReloaded', file: '/ca', changed: ['tls'], message: 'certificates were read anew from /ca' },
    ]);
  });

  it('keeps what it has while a file is missing or certificate and key do not belong together, and tells once', () => {
    const world = createWorld({ '/cert': cert, '/key': key });
    const source = world.open({ certFile: '/cert', keyFile: '/key' });
    const first = source();
    for (const broken of [undefined, Buffer.from('-----BEGIN CERTIFICATE-----\ns3cret')]) {
      world.files.set('/cert', broken);
      for (let i = 0; i < 3; i++) {
        world.nowMs += 1000;
        expect(source()).toBe(first);
      }
    }
    expect(world.events.map(({ kind }) => kind)).toEqual(['fileNotReloaded', 'fileNotReloaded']);
    expect(world.events[0]?.message).toBe('/cert, /key cannot be used (ENOENT); the certificates before stay in force');
    expect(JSON.stringify(world.events)).not.toContain('s3cret');
    world.files.set('/cert', otherCert);
    world.nowMs += 1000;
    expect(source()).toEqual({ cert: otherCert, key });
  });
});
