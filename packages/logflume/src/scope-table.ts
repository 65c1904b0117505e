import { encodeScope, type OtlpScope } from '@logflume/otlp';

/**
 * The instrumentation scopes of one pipeline. A record carries the number of its scope; name and version stand once in
 * a request. The same name and version always have the same number, so the table grows with names, not with loggers.
 */
export class ScopeTable {
  readonly #groups = new Map<string, number>();
  readonly #encoded: Buffer[] = [];
  readonly #scopes: OtlpScope[] = [];

  /** The number of a scope, integer ≥ 0. `version` may be `''`. */
  groupOf(name: string, version: string): number {
    const key = `${name}\u0000${version}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = this.#encoded.length;
    this.#groups.set(key, group);
    this.#encoded.push(encodeScope(name, version));
    this.#scopes.push({ ...(name === '' ? {} : { name }), ...(version === '' ? {} : { version }) });
    return group;
  }

  /** Content of the `InstrumentationScope` message. */
  readonly encodedOf = (group: number): Uint8Array => this.#encoded[group] ?? new Uint8Array(0);

  /** The same, for lines. */
  readonly scopeOf = (group: number): OtlpScope | undefined => this.#scopes[group];
}
