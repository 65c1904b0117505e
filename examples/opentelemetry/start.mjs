// Runs the program beside a backend for development, and shows what arrived there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';

const backend = await createDevBackend();
const program = spawn(process.execPath, [fileURLToPath(new URL('orders.js', import.meta.url))], {
  env: { ...process.env, LOGFLUME_ENDPOINTS: backend.url },
  stdio: ['ignore', 'inherit', 'inherit'],
});
await once(program, 'close');

console.log(`\n${backend.records().length} records arrived at ${backend.url}; the grave ones:\n`);
for (const { severityText, severityNumber, body, attributes } of backend.records({ minSeverityNumber: 13 })) {
  console.log({ severityText, severityNumber, body, attributes });
}
await backend.close();
