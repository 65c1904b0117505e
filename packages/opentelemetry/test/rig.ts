import { createDevBackend, type DevBackend, type DevBackendOptions } from '@logflume/dev-backend';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import type { OwnLoggerOptions } from '../src/index.ts';

type ProviderConfig = NonNullable<ConstructorParameters<typeof LoggerProvider>[0]>;

/** A backend, and options of a logger that sends to it and leaves signals alone. */
export async function createRig(faults?: DevBackendOptions['faults']): Promise<{
  readonly backend: DevBackend;
  readonly options: OwnLoggerOptions;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const backend = await createDevBackend({ maxRecords: 200_000, ...(faults === undefined ? {} : { faults }) });
  return {
    backend,
    options: { endpoints: [backend.url], exit: { handleSignals: false } },
    [Symbol.asyncDispose]: () => backend.close(),
  };
}

/** A provider of the real SDK, shut down when it goes out of scope. */
export function createProvider(
  processor: NonNullable<ProviderConfig['processors']>[number],
  config: ProviderConfig = {},
): LoggerProvider & AsyncDisposable {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    processors: [processor],
    ...config,
  });
  let end: Promise<void> | undefined;
  const shutdown = provider.shutdown.bind(provider);
  return Object.assign(provider, {
    shutdown: () => {
      end ??= shutdown();
      return end;
    },
    async [Symbol.asyncDispose]() {
      end ??= shutdown();
      await end;
    },
  });
}

/** A promise that is resolved from outside. */
export function createGate<T>(): { readonly opened: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open: (value) => open(value) };
}
