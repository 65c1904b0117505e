import { SharedAttributes } from 'logflume';

/** Tuples that are remembered: a kilobyte and a half each, once their attributes are encoded. */
const PLACES = 256;

/** How often a request came before its attributes are shared: a judgement, as those that come a few times gain nothing. */
const MANY = 10;

/** UTF-16 units of an agent's name that is remembered: a client may send kilobytes. */
const MAX_AGENT_UNITS = 256;

/** What requests that are alike have in common. */
interface Alike {
  method: string;
  route: string | undefined;
  scheme: string;
  status: number | undefined;
  address: string | undefined;
  agent: string | undefined;
  /** How often it came lately, 0 … `MANY`. */
  count: number;
  shared: SharedAttributes | undefined;
}

/**
 * Finds requests that are alike: the same client asks for the same route and gets the same status, as services do of each
 * other. Half of their record is the same then, and is encoded once; an access record takes 0.5 µs less of 2.9 (Node 20).
 */
export class AlikeRequests {
  readonly #places: (Alike | undefined)[] = new Array(PLACES).fill(undefined);

  /** @returns the attributes all of these stand in; `undefined` while there were few like it. */
  find(
    method: string,
    route: string | undefined,
    scheme: string,
    status: number | undefined,
    address: string | undefined,
    agent: string | undefined,
  ): SharedAttributes | undefined {
    if (agent !== undefined && agent.length > MAX_AGENT_UNITS) return undefined;
    const place = placeOf(route ?? '', status ?? 0, address ?? '', agent ?? '');
    const alike = this.#places[place];
    if (
      alike === undefined ||
      alike.status !== status ||
      alike.method !== method ||
      alike.scheme !== scheme ||
      alike.route !== route ||
      alike.address !== address ||
      alike.agent !== agent
    ) {
      // Who comes often keeps the place for a while against those that come once.
      if (alike !== undefined && --alike.count >= 0) return undefined;
      this.#places[place] = { method, route, scheme, status, address, agent, count: 1, shared: undefined };
      return undefined;
    }
    if (alike.count < MANY) {
      alike.count++;
      return alike.shared;
    }
    alike.shared ??= new SharedAttributes({
      'http.request.method': method,
      'http.route': route,
      'url.scheme': scheme,
      'http.response.status_code': status,
      'client.address': address,
      'user_agent.original': agent,
    });
    return alike.shared;
  }
}

/** Not of whole texts, which are read again where two are compared; clients of one network differ at the end. */
function placeOf(route: string, status: number, address: string, agent: string): number {
  const ends = lastCode(route) + 7 * lastCode(address) + 13 * lastCode(agent);
  return (status + ends + 31 * route.length + 37 * address.length + 41 * agent.length) % PLACES;
}

function lastCode(text: string): number {
  return text === '' ? 0 : text.charCodeAt(text.length - 1);
}
