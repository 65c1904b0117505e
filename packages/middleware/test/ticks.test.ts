import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { asPublished } from '../../../test/as-published.ts';

it('keeps process.nextTick quick after a collection in a quiet moment', async () => {
  const program = asPublished(fileURLToPath(new URL('fixtures/ticks.js', import.meta.url)));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, 'mounted']);
  // 3 to 5 times an object, on Node 20, 24 and 26; 23 to 40 times without an access log.
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).toBeLessThan(12);
});
