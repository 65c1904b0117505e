import { type AgentSettings, type Connections, createConnections } from './http-agents.ts';

/** An endpoint's address, as requests name it. */
interface Place {
  readonly url: string;
  readonly address?: string | undefined;
}

/**
 * Connections by where they lead. Endpoints without an address of their own share one set, in which Node tells hosts
 * apart; for those with one it would not, as all addresses of a name are one host.
 */
export class ConnectionPools {
  readonly #settings: AgentSettings;
  readonly #shared: Connections;
  readonly #byPlace = new Map<string, Connections>();

  constructor(settings: AgentSettings) {
    this.#settings = settings;
    this.#shared = createConnections(settings);
  }

  of(place: Place): Connections {
    const { url, address } = place;
    if (address === undefined) return this.#shared;
    const key = keyOf(place);
    let connections = this.#byPlace.get(key);
    if (connections === undefined) {
      const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
      connections = createConnections(this.#settings, { host, address });
      this.#byPlace.set(key, connections);
    }
    return connections;
  }

  /** Closes the idle connections of an endpoint that is gone. Shared ones close by themselves, being idle. */
  release(place: Place): void {
    const key = keyOf(place);
    this.#byPlace.get(key)?.close();
    this.#byPlace.delete(key);
  }

  close(): void {
    this.#shared.close();
    for (const connections of this.#byPlace.values()) connections.close();
    this.#byPlace.clear();
  }
}

function keyOf({ url, address }: Place): string {
  return `${new URL(url).host} ${address}`;
}
