import { type Delivery, LogflumeError } from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import { planReload, type Reloadable } from './config/file/plan-reload.ts';
import { fileVariables } from './config/file/read-config-file.ts';
import { type FileWatch, watchFiles } from './config/file/watch-files.ts';
import type { LoggerOptions } from './config/logger-options.ts';
import { createProcessDeps } from './config/process-deps.ts';
import { resolveOptions } from './config/resolve-options.ts';
import type { ResolvedOptions } from './config/resolved-options.ts';
import { toAbsolutePath } from './output/absolute-path.ts';
import { onHangup } from './output/file/hangup.ts';
import { tellDiagnostic } from './own-output.ts';

/** What puts a part of a new configuration in force. */
export type Appliers = { readonly [name in Reloadable]?: ((resolved: ResolvedOptions) => void) | undefined };

/** The configuration files there are, by their variables; without one nothing can change while the program runs. */
export function configurationFiles(): Readonly<Record<string, string>> {
  const given = fileVariables.map((name) => [name, process.env[name]?.trim() ?? ''] as const);
  return Object.fromEntries(given.filter(([, path]) => path !== ''));
}

/**
 * Keeps a logger in step with its configuration files while the program runs: looks when they change, and at SIGHUP.
 *
 * @returns what ends it; `undefined` where no file is configured, which costs nothing.
 */
export function reloadOnChange(
  options: LoggerOptions,
  resolved: ResolvedOptions,
  appliers: Appliers,
): (() => void) | undefined {
  // Where they are now, and the certificates they may name: the application may go to another directory.
  const directory = toAbsolutePath('');
  const files = Object.fromEntries(
    Object.entries(configurationFiles()).map(([name, file]) => [name, toAbsolutePath(file)]),
  );
  const paths = Object.values(files);
  if (paths.length === 0) return undefined;
  let current = resolved;
  const reload = (): void => {
    try {
      const next = resolveOptions(options, { ...process.env, ...files }, createProcessDeps(directory));
      const canApply = Object.entries(appliers).flatMap(([name, applier]) => (applier ? [name as Reloadable] : []));
      const plan = planReload(current, next, canApply);
      for (const name of plan.apply) appliers[name]?.(next);
      current = plan.running;
      if (plan.diagnostic !== undefined) tellDiagnostic(plan.diagnostic, options.onDiagnostic);
    } catch (error) {
      // Options in code were good before and are still; something of the world is not.
      const why = error instanceof LogflumeError ? error.message : (Object(error).name ?? typeof error);
      const message = `${paths.join(', ')} could not be put in force (${why}); the configuration before stays in force`;
      tellDiagnostic({ kind: 'fileNotReloaded', file: paths.join(', '), message }, options.onDiagnostic);
    }
  };
  const watch: FileWatch = watchFiles(paths, reload);
  // Somebody asks: also where the text is the same, as a variable in it may not be.
  const release = onHangup(reload);
  return () => {
    release();
    watch.close();
  };
}

/** What of a delivery can change while it runs: the endpoints of its backend or backends, and the rules between several. */
export function appliersOf(delivery: Delivery<LogRecordInput>): Pick<Appliers, 'endpoints' | 'destinations' | 'route'> {
  return {
    endpoints: applierOf(delivery, 'setEndpoints', ({ endpoints }) => endpoints),
    destinations: applierOf(delivery, 'setDestinations', ({ destinations }) => destinations),
    route: applierOf(delivery, 'setRoute', ({ route }) => route),
  };
}

function applierOf(
  delivery: Delivery<LogRecordInput>,
  name: 'setEndpoints' | 'setDestinations' | 'setRoute',
  take: (resolved: ResolvedOptions) => unknown,
): ((resolved: ResolvedOptions) => void) | undefined {
  // What stands around a delivery passes its methods on.
  const method: unknown = Reflect.get(delivery, name);
  if (typeof method !== 'function') return undefined;
  return (resolved) => void Reflect.apply(method, delivery, [take(resolved)]);
}

/** A delivery whose end also ends something else. */
export function endingWith<R>(delivery: Delivery<R>, end: () => void): Delivery<R> {
  return {
    ...delivery,
    close(closeOptions) {
      end();
      return delivery.close(closeOptions);
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
