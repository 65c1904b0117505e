import type * as http from 'node:http';
import type * as https from 'node:https';
import { builtin } from '../builtin.ts';

/**
 * Node's own way to make a request, for axios, but for one answer: a 101 ends the request at once. Node closes the
 * connection then and tells nobody, so that only the deadline of the attempt would end it.
 */
export const noUpgrade = {
  request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest {
    const node = options.protocol === 'https:' ? builtin('node:https') : builtin('node:http');
    const request = node.request(options, onResponse);
    request.once('upgrade', (_response, socket) => {
      socket.destroy();
      request.emit('error', Object.assign(new Error('HTTP 101: the server switched protocols'), { code: CODE }));
    });
    return request;
  },
};

const CODE = 'ERR_LOGFLUME_UPGRADE';
