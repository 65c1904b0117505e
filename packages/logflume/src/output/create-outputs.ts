import type { Delivery } from '@logflume/delivery';
import type { EncodeLimits, LogRecordInput } from '@logflume/otlp';
import type { Diagnostic } from '../config/diagnostic.ts';
import { severityOfLevel } from '../config/parse-levels.ts';
import type { ResolvedFile, ResolvedOptions } from '../config/resolved-options.ts';
import type { SuppressedStats } from '../intake/suppressed.ts';
import { tellDiagnostic } from '../own-output.ts';
import type { ScopeTable } from '../scope-table.ts';
import { exporterTypeOf, withSelfMetrics } from '../self-metrics.ts';
import { toAbsolutePath } from './absolute-path.ts';
import { createBackendDelivery } from './backend-delivery.ts';
import { alongside, createConsoleDelivery, createNoDelivery, type Named } from './console-delivery.ts';
import { createConsoleLine, createStandardStream } from './console-output.ts';
import { createDestinations } from './destinations.ts';
import { createFileDelivery } from './file/file-delivery.ts';
import { createOutputReporter } from './output-reporter.ts';

/** What every output of a logger needs. */
interface OutputParts {
  readonly scopes: ScopeTable;
  readonly limits: EncodeLimits;
  readonly onDiagnostic: (event: Diagnostic) => void;
  /** What is left out before the outputs, for the metrics. */
  readonly suppressed: () => SuppressedStats;
}

/**
 * Makes what records go to: one delivery, whose ledger is the logger's, and beside it the others. Which one it is:
 * the backend, else the console, else the first file.
 */
export function createOutputs(resolved: ResolvedOptions, parts: OutputParts): Delivery<LogRecordInput> {
  if (resolved.output === 'none') return createNoDelivery();
  const console = createConsole(resolved, parts);
  const files = resolved.files.map((file) => createFile(file, resolved, parts));
  const outputs: Named[] = console === undefined ? files : [{ name: 'console', delivery: console }, ...files];
  const backend = resolved.output === 'backend' ? createBackend(resolved, parts) : outputs.shift()?.delivery;
  if (backend === undefined) return createNoDelivery();
  return outputs.length === 0 ? backend : alongside(backend, outputs);
}

function createBackend(
  resolved: ResolvedOptions,
  { scopes, limits, onDiagnostic, suppressed }: OutputParts,
): Delivery<LogRecordInput> {
  const create = resolved.destinations.length === 0 ? createBackendDelivery : createDestinations;
  const backend = create(resolved, scopes, limits, onDiagnostic);
  return withSelfMetrics(backend, (destination) => exporterTypeOf(resolved, destination), suppressed);
}

function createConsole(
  resolved: ResolvedOptions,
  { scopes, limits, onDiagnostic }: OutputParts,
): Delivery<LogRecordInput> | undefined {
  const { console: style, color, resource, queue, exit } = resolved;
  if (style === false) return undefined;
  const { stderrFrom, maxLineBytes } = resolved.consoleLines;
  // Beside a backend a line is a convenience, and its loss none.
  const reporter = resolved.output === 'backend' ? undefined : createOutputReporter('console', 'console', onDiagnostic);
  const toLine = createConsoleLine({ style, color, limits, scopes, resource, maxLineBytes });
  const stdout = createStandardStream('stdout');
  const errors =
    stderrFrom === undefined
      ? undefined
      : { stream: createStandardStream('stderr'), fromSeverity: severityOfLevel[stderrFrom] };
  return createConsoleDelivery(toLine, stdout, {
    maxBytes: queue.maxBytes,
    errors,
    timeoutMs: exit.timeoutMs,
    reporter,
  });
}

function createFile(
  { path, format, level, maxBytes, maxAgeMs, maxFiles, maxLineBytes }: ResolvedFile,
  { resource, queue, exit, onDiagnostic }: ResolvedOptions,
  { scopes, limits, onDiagnostic: onLoss }: OutputParts,
): Named {
  const name = `file ${path}`;
  const delivery = createFileDelivery(
    {
      path: toAbsolutePath(path),
      maxBytes,
      maxFiles,
      maxAgeMs: maxAgeMs ?? Number.POSITIVE_INFINITY,
      toLine: createConsoleLine({ style: format, color: false, limits, scopes, resource, maxLineBytes }),
      minSeverity: level === undefined ? 0 : severityOfLevel[level],
      maxQueueBytes: queue.maxBytes,
      timeoutMs: exit.timeoutMs,
      reporter: createOutputReporter(name, 'file', onLoss),
    },
    {
      failing(code) {
        const message = `${path} cannot be written: ${code}; lines wait in memory and are tried again every second`;
        tellDiagnostic({ kind: 'fileFailing', path, code, message }, onDiagnostic);
      },
      recovered() {
        tellDiagnostic({ kind: 'fileRecovered', path, code: '', message: `${path} is written again` }, onDiagnostic);
      },
      unrotatable(code) {
        const message = `${path} cannot be rotated: ${code}; it grows beyond maxBytes, and is tried again every minute`;
        tellDiagnostic({ kind: 'fileFailing', path, code, message }, onDiagnostic);
      },
      rotatable() {
        tellDiagnostic({ kind: 'fileRecovered', path, code: '', message: `${path} is rotated again` }, onDiagnostic);
      },
    },
  );
  return { name, delivery };
}
