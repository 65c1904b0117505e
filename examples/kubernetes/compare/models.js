import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';
import { readContainerLog, toContainerLog } from './container-log.js';
import { readManifest } from './manifests.js';

const app = fileURLToPath(new URL('../app/counter.js', import.meta.url));

/** The application with nothing but variables changed; resolves with what it wrote to stdout. */
async function runApp(count, variables) {
  const ours = /^(OTEL_|LOGFLUME_|LOG_LEVEL$|NODE_OPTIONS$)/;
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', COUNT: String(count), INTERVAL_MS: '0' };
  const env = { ...clean, ...pod, ...variables };
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
  const { variables } = readManifest('node-agent/app.yaml');
  const folder = await mkdtemp(join(tmpdir(), 'flume-'));
  try {
    const file = join(folder, '0.log');
    await writeFile(file, toContainerLog(await runApp(count, variables), pieceBytes));
    return readContainerLog(await readFile(file)).map(fromLine);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Model 2: two files in two formats on a shared volume, each followed by a sidecar. */
export async function sidecar(count) {
  const { variables, sidecars } = readManifest('sidecar/counter.yaml');
  const folder = await mkdtemp(join(tmpdir(), 'flume-'));
  const mounted = (text) => text.replaceAll('/var/log/counter', folder);
  // They are native sidecars: up before the application, there until it has ended.
  const started = sidecars.map(([shell, ...args]) => start(shell, args.map(mounted), count));
  try {
    await runApp(count, { ...variables, LOGFLUME_FILE: mounted(variables.LOGFLUME_FILE) });
    const [logfmt, lines] = await Promise.all(started.map(({ lines }) => lines));
    return { records: lines.map(fromLine), logfmt };
  } finally {
    await Promise.all(started.map(({ end }) => end()));
    await rm(folder, { recursive: true });
  }
}

/** Model 3: the application sends to a collector. */
export async function direct(count) {
  const { variables, configFile } = readManifest('direct/app.yaml');
  const folder = await mkdtemp(join(tmpdir(), 'flume-'));
  const backend = await createDevBackend({ maxRecords: count });
  try {
    await writeFile(join(folder, 'logflume.yaml'), configFile);
    await runApp(count, {
      ...variables,
      LOGFLUME_ENDPOINTS: variables.LOGFLUME_ENDPOINTS.replace(/[^/]+:4318$/, `127.0.0.1:${backend.port}`),
      LOGFLUME_CONFIG: variables.LOGFLUME_CONFIG.replace('/etc/logflume', folder),
    });
    const received = backend.records();
    const records = received
      .map(({ severityText, body, scope, attributes }) => ({
        level: severityText.toLowerCase(),
        message: body,
        logger: scope.name,
        attributes,
      }))
      .sort((a, b) => a.attributes.i - b.attributes.i);
    return { records, resource: received[0]?.resource.attributes };
  } finally {
    await backend.close();
    await rm(folder, { recursive: true });
  }
}

/** A sidecar, and the first lines it repeats. */
function start(command, args, count) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  const read = async () => {
    const lines = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === count) break;
    }
    return lines;
  };
  return {
    lines: read(),
    async end() {
      child.kill();
      await ended;
    },
  };
}

function fromLine(line) {
  const { time: _, level, message, logger, ...attributes } = JSON.parse(line);
  return { level, message, logger, attributes };
}
