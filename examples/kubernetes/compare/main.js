// Runs the sample application in all three models, and compares what arrives.
import { isDeepStrictEqual } from 'node:util';
import { direct, nodeAgent, sidecar } from './models.js';

const count = Number(process.env.COUNT ?? 500);

const { records: reference } = await direct(count);
const files = await sidecar(count);
const models = {
  direct: reference,
  'node agent, containerd': await nodeAgent(count, 16_384),
  'node agent, CRI-O': await nodeAgent(count, 8192),
  'sidecar, JSON file': files.records,
};

let isEqual = true;
console.log(`${count} records were logged by the same program; variables alone were changed\n`);
for (const [name, records] of Object.entries(models)) {
  const same = records.length === count && isDeepStrictEqual(records, reference);
  isEqual &&= same;
  console.log(`  ${name.padEnd(24)} ${String(records.length).padStart(6)} received   ${same ? 'equal' : 'DIFFERENT'}`);
}
isEqual &&= files.logfmt.length === count;
console.log(`  ${'sidecar, logfmt file'.padEnd(24)} ${String(files.logfmt.length).padStart(6)} lines`);
process.exitCode = isEqual ? 0 : 1;
