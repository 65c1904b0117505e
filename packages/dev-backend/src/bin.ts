#!/usr/bin/env node
import { helpText, parseFlags } from './command/parse-flags.ts';
import { createDevBackend, type DevBackend } from './create-dev-backend.ts';

/** Exit codes as shells know them: 1 could not do it, 2 asked for wrongly. */
async function main(args: readonly string[]): Promise<void> {
  const parsed = parseFlags(args);
  if (parsed.kind === 'help') {
    process.stdout.write(helpText);
    return;
  }
  if (parsed.kind === 'wrong') return fail(parsed.message, 2);
  try {
    const backend = await createDevBackend(parsed.options);
    printWelcome(backend);
    closeOnSignal(backend);
  } catch (error) {
    if (error instanceof TypeError) return fail(error.message, 2);
    fail(error instanceof Error ? error.message : String(error), 1);
  }
}

function fail(message: string, exitCode: number): void {
  process.stderr.write(`logflume-dev-backend: ${message}\n`);
  if (exitCode === 2) process.stderr.write('Try --help.\n');
  process.exitCode = exitCode;
}

function printWelcome({ url }: DevBackend): void {
  process.stdout.write(`logflume-dev-backend listens on ${url}
  send logs to  ${url}/v1/logs
  look at them  ${url}/
Press Ctrl+C to stop.
`);
}

/** The first signal closes and tells what came; a second one finds no listener and ends the process at once. */
function closeOnSignal(backend: DevBackend): void {
  const stop = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    backend.close().then(
      () => printSummary(backend),
      (error: unknown) => fail(String(error), 1),
    );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function printSummary(backend: DevBackend): void {
  const { requests, records } = backend.stats();
  const statuses = Object.entries(requests.byStatus).map(([status, count]) => `${status}: ${count}`);
  const answers = [...statuses, `unanswered: ${requests.unanswered}`].join(', ');
  process.stdout.write(
    `\n${records.accepted} records accepted, ${records.rejected} rejected, ${records.refused} refused, ` +
      `${records.duplicates} duplicates; ${requests.total} requests (${answers}).\n`,
  );
}

void main(process.argv.slice(2));
