import { type Delivery, runExitHooks } from '@logflume/delivery';
import { defaultEncodeLimits, type EncodeLimits, encodeAttributes, type LogRecordInput } from '@logflume/otlp';
import type { Diagnostic } from './config/diagnostic.ts';
import type { LoggerOptions } from './config/logger-options.ts';
import type { LevelRules } from './config/parse-levels.ts';
import { createProcessDeps } from './config/process-deps.ts';
import { resolveOptions } from './config/resolve-options.ts';
import type { ResolvedOptions } from './config/resolved-options.ts';
import { publishDiagnostic } from './diagnostic-channel.ts';
import { createIntake, noIntake } from './intake/create-intake.ts';
import { createLevelCell } from './level-cell.ts';
import type { Logger } from './logger.ts';
import { createOutputs } from './output/create-outputs.ts';
import { asOwnOutput, tellDiagnostic } from './own-output.ts';
import { createPipeline } from './pipeline.ts';
import { PipelineLogger } from './pipeline-logger.ts';
import { createScrub } from './redact/create-scrub.ts';
import { appliersOf, configurationFiles, endingWith, reloadOnChange } from './reload.ts';
import { ScopeTable } from './scope-table.ts';
import { handleSignals } from './signals.ts';

/**
 * Makes a logger with a delivery of its own. Share it by `child()`: every call here makes a queue, connections and
 * exit hooks.
 *
 * What is not given in code is read from the environment (`OTEL_*`, `LOG_LEVEL`, `LOGFLUME_*`). With no endpoint
 * anywhere the output is the console, and no socket is opened.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` or `ERR_LOGFLUME_UNSUPPORTED` for an option in code that cannot
 *   work. A bad variable of the environment never throws: one line says what is used instead.
 * @example
 * ```ts
 * const log = createLogger({ name: 'shop', endpoints: ['http://collector:4318'] });
 * log.info('order placed', { 'order.id': 1234, total: 99.5 });
 * ```
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const resolved = resolveOptions(options, process.env, createProcessDeps());
  reportSettings(resolved);
  const scrub = createScrub(resolved.redact);
  const limits: EncodeLimits = { ...defaultEncodeLimits, ...resolved.limits, scrub };
  const scopes = new ScopeTable(scrub);
  const isSilent = resolved.output === 'none';
  // Before the outputs: at the end of the process it has to tell of what it held back before they send.
  const intake = createIntake(isSilent ? noIntake : resolved, {
    nameOf: (group) => scopes.scopeOf(group)?.name ?? '',
    onDiagnostic: (event) => tellDiagnostic(event, resolved.onDiagnostic),
    mayChange: !isSilent && Object.keys(configurationFiles()).length > 0,
  });
  const outputs = createOutputs(resolved, {
    scopes,
    limits,
    onDiagnostic: ownDiagnostics(resolved.onDiagnostic),
    suppressed: intake.suppressed,
  });
  const entrance = intake.before(outputs);
  // Where nothing is to be done, records go straight to the outputs.
  const delivery = intake.isNeeded() ? entrance : { ...entrance, enqueue: outputs.enqueue };
  const bound = encodeAttributes(resolved.attributes, limits);
  const level = createLevelCell(resolved.name, isSilent ? nothing : resolved.levels);
  const endReload = isSilent
    ? undefined
    : reloadOnChange(options, resolved, {
        // First, as they may refuse: then nothing has changed.
        ...appliersOf(delivery),
        levels: ({ levels }) => level.applyRules(levels),
        sampling: ({ sampling }) => viaIntake(() => intake.setSampling(sampling)),
        repeats: (next) => viaIntake(() => intake.setThrottle(next)),
        rateLimit: (next) => viaIntake(() => intake.setThrottle(next)),
      });
  const viaIntake = (change: () => void): void => {
    change();
    pipeline.delivery = { ...pipeline.delivery, enqueue: entrance.enqueue };
  };
  const signalled = resolved.exit.handleSignals && !isSilent ? withSignals(delivery, resolved) : delivery;
  const pipeline = createPipeline({
    delivery: endReload === undefined ? signalled : endingWith(signalled, endReload),
    scopes,
    limits,
    version: resolved.version ?? '',
    suppressed: intake.suppressed,
    isPrinted: !isSilent && resolved.console !== false,
    isLimited: resolved.sources['limits.maxAttributes'] !== 'default',
  });
  return new PipelineLogger(pipeline, {
    name: resolved.name,
    group: scopes.groupOf(resolved.name, pipeline.version),
    bound: bound.ends.length === 0 && bound.dropped === 0 ? undefined : bound,
    level,
  });
}

/** Rules by which nothing is logged. */
const nothing: LevelRules = { default: 'off', byName: new Map() };

/** What the delivery says, for the channel and for whoever listens. */
function ownDiagnostics(onDiagnostic: ResolvedOptions['onDiagnostic']): (event: Diagnostic) => void {
  return (event) =>
    asOwnOutput(() => {
      publishDiagnostic(event);
      const answer: unknown = onDiagnostic?.(event);
      // An async one is told no more than one that throws, which the delivery catches.
      if (answer instanceof Promise) answer.catch(() => undefined);
    });
}

function withSignals(delivery: Delivery<LogRecordInput>, resolved: ResolvedOptions): Delivery<LogRecordInput> {
  const { timeoutMs } = resolved.exit;
  const release = handleSignals(async () => {
    await delivery.close({ timeoutMs });
    return runExitHooks; // For a reader that is still behind, as at any other exit.
  });
  return {
    ...delivery,
    async close(closeOptions) {
      const report = await delivery.close(closeOptions);
      release();
      return report;
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

/** Says once what there is to say about the settings. */
function reportSettings({ diagnostics, onDiagnostic }: ResolvedOptions): void {
  for (const event of diagnostics) tellDiagnostic(event, onDiagnostic);
}
