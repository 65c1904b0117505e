import { describe, it } from 'vitest';
import { expressHosts } from '../hosts/express.ts';
import { nodeHttp } from '../hosts/node-http.ts';
import { behaviours } from './behaviours.ts';

describe.each([nodeHttp, ...expressHosts].map((host) => [host.name, host] as const))('%s', (_, host) => {
  for (const { title, skip, run } of behaviours) {
    const reason = skip?.(host);
    if (reason === undefined) it(title, () => run(host));
    else it.skip(`${title} (${reason})`);
  }
});
