import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';
import { readContainerLog, toContainerLog } from './container-log.js';

const app = fileURLToPath(new URL('../app/counter.js', import.meta.url));

/** The application with nothing but variables changed; resolves with what it wrote to stdout. */
async function runApp(count, variables) {
  const ours = /^(OTEL_|LOGFLUME_|LOG_LEVEL$|NODE_OPTIONS$)/;
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const env = { ...clean, COUNT: String(count), INTERVAL_MS: '0', ...variables };
  const child = spawn(process.execPath, [app], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the application ended with ${code}`);
  return Buffer.concat(chunks);
}

/**
 * Model 1: JSON lines on stdout, which the runtime writes to a file in its own format and an agent on the node reads.
 */
export async function nodeAgent(count, pieceBytes = 16_384) {
  const folder = await mkdtemp(join(tmpdir(), 'flume-'));
  try {
    const file = join(folder, '0.log');
    await writeFile(file, toContainerLog(await runApp(count, { LOGFLUME_CONSOLE: 'json' }), pieceBytes));
    return readContainerLog(await readFile(file)).map(fromLine);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Model 2: two files in two formats on a shared volume, each followed by a sidecar. */
export async function sidecar(count) {
  const folder = await mkdtemp(join(tmpdir(), 'flume-'));
  const [text, json] = [join(folder, '1.log'), join(folder, '2.log')];
  await Promise.all([text, json].map((path) => writeFile(path, '')));
  const sidecars = [text, json].map((path) => follow(path, count));
  try {
    const files = [
      { path: text, format: 'logfmt' },
      { path: json, format: 'json' },
    ];
    await runApp(count, { LOGFLUME_FILE: JSON.stringify(files), LOGFLUME_CONSOLE: 'false' });
    for (const path of [text, json]) {
      const written = (await readFile(path, 'utf8')).split('\n').length - 1;
      if (written !== count) throw new Error(`${path} has ${written} lines of ${count}`);
    }
    const [logfmt, lines] = await Promise.all(sidecars.map(({ lines }) => lines));
    return { records: lines.map(fromLine), logfmt };
  } finally {
    await Promise.all(sidecars.map(({ end }) => end()));
    await rm(folder, { recursive: true });
  }
}

/** Model 3: the application sends to a collector. */
export async function direct(count) {
  const backend = await createDevBackend({ maxRecords: count });
  try {
    await runApp(count, { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url });
    return backend
      .records()
      .map(({ severityText, body, scope, attributes }) => ({
        level: severityText.toLowerCase(),
        message: body,
        logger: scope.name,
        attributes,
      }))
      .sort((a, b) => a.attributes.i - b.attributes.i);
  } finally {
    await backend.close();
  }
}

/** `tail -n +1 -F`, as the sidecars of the manifests do it. */
function follow(path, count) {
  const tail = spawn('tail', ['-n', '+1', '-F', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(tail, 'close');
  const read = async () => {
    const lines = [];
    for await (const line of createInterface({ input: tail.stdout })) {
      lines.push(line);
      if (lines.length === count) break;
    }
    return lines;
  };
  return {
    lines: read(),
    async end() {
      tail.kill();
      await ended;
    },
  };
}

function fromLine(line) {
  const { time: _, level, message, logger, ...attributes } = JSON.parse(line);
  return { level, message, logger, attributes };
}
