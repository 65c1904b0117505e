// @ts-check
// One contestant with a backend that takes connections and never answers: some records, then the shutdown.
import { load } from '../contestants/list.js';

const { file, url, options, records } = JSON.parse(process.argv[2] ?? '{}');
const { calls, end } = await (await load(file)).create(url, options ?? {});
for (let i = 0; i < records; i++) calls.plain(i);
const alive = setInterval(() => undefined, 1000);
const startMs = performance.now();
let error;
try {
  await end();
} catch (thrown) {
  error = String(thrown);
}
clearInterval(alive);
process.send?.({ seconds: (performance.now() - startMs) / 1000, error }, () => process.exit(0));
