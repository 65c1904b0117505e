import type { Transport } from '@logflume/delivery';
import type { DestinationOptions, LoggerOptions } from 'logflume';

/** Options with transports that outlast the loggers made of them. */
export interface LastingOptions {
  readonly loggerOptions: LoggerOptions;
  /** Closes the transports. Never rejects. */
  close(): Promise<unknown>;
}

/**
 * Keeps the transports of destinations open when a logger ends: several loggers are made of the same options, one after
 * the other and beside each other, and send through the same exporter.
 *
 * @param loggerOptions - not checked yet: what is no destination with a transport stays as it is.
 */
export function keepTransports(loggerOptions: LoggerOptions): LastingOptions {
  const { destinations } = loggerOptions;
  const transports = new Set<Transport>();
  if (!Array.isArray(destinations)) return { loggerOptions, close: () => Promise.resolve() };
  const keep = (destination: DestinationOptions): DestinationOptions => {
    const transport = transportOf(destination);
    if (transport === undefined) return destination;
    transports.add(transport);
    return { ...destination, transport: toLasting(transport) };
  };
  return {
    loggerOptions: { ...loggerOptions, destinations: destinations.map(keep) },
    close: () => Promise.allSettled([...transports].map(async (transport) => transport.close())),
  };
}

function transportOf(destination: unknown): Transport | undefined {
  const transport: unknown = Reflect.get(Object(destination), 'transport');
  const isTransport = ['send', 'close'].every((method) => typeof Reflect.get(Object(transport), method) === 'function');
  return isTransport ? (transport as Transport) : undefined;
}

function toLasting(transport: Transport): Transport {
  return {
    ready: async () => transport.ready?.(),
    send: (request) => transport.send(request),
    release: (endpoint) => transport.release?.(endpoint),
    ...(transport.flush === undefined ? {} : { flush: async () => transport.flush?.() }),
    close: () => undefined,
  };
}
