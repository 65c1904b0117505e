// Runs a program that knows nothing of logflume beside a backend for development, and shows what arrived there.
//
//   npm start -- winston.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';

const [, , name = 'winston.mjs'] = process.argv;
const backend = await createDevBackend();
const program = fileURLToPath(new URL(name, import.meta.url));
const child = spawn(process.execPath, ['--import', 'logflume/register', program], {
  env: { ...process.env, LOGFLUME_ENDPOINTS: backend.url },
  stdio: ['ignore', 'inherit', 'inherit'],
});
await once(child, 'close');

console.log(`\n${backend.records().length} records arrived at ${backend.url}; the first, and the grave ones:\n`);
// Grave ones travel before the others, so the first may be one of them.
const [first] = backend.records();
for (const record of new Set([first, ...backend.records({ minSeverityNumber: 17 })])) {
  if (record !== undefined) console.log(record.severityText, record.body, record.attributes);
}
await backend.close();
