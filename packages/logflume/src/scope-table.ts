import {
  decodeLogRecord,
  defaultEncodeLimits,
  type EncodeLimits,
  encodeAttributes,
  encodeScope,
  type OtlpScope,
  type Scrub,
} from '@logflume/otlp';

/**
 * The instrumentation scopes of one pipeline. A record carries the number of its scope; what the scope is stands once in
 * a request. The same name, version and attributes always have the same number, so the table grows with those, not with
 * loggers.
 */
export class ScopeTable {
  readonly #groups = new Map<string, number>();
  /** Numbers found before, by the identity of the attributes. */
  readonly #known = new WeakMap<object, Map<string, number>>();
  readonly #encoded: Buffer[] = [];
  readonly #scopes: OtlpScope[] = [];
  readonly #schemaUrls: string[] = [];
  /** Schema URL of the resource, as a host tells it with its records; `''` is none. */
  resourceSchemaUrl = '';
  readonly #limits: EncodeLimits;
  /** Takes secrets out of what stands around records: scopes and the resource. */
  readonly scrub: Scrub | undefined;

  /** @param scrub - takes secrets out of attributes. */
  constructor(scrub?: Scrub) {
    this.scrub = scrub;
    this.#limits = { ...defaultEncodeLimits, scrub };
  }

  /**
   * The number of a scope, integer ≥ 0.
   *
   * @param version - may be `''`.
   * @param attributes - read when they are seen first; to be given again as the same object, and not changed.
   * @param schemaUrl - `''` is none.
   */
  groupOf(name: string, version: string, attributes?: object, schemaUrl = ''): number {
    const key = schemaUrl === '' ? `${name}\u0000${version}` : `${name}\u0000${version}\u0000\u0000${schemaUrl}`;
    const known = attributes === undefined ? this.#groups : this.#known.get(attributes);
    return known?.get(key) ?? this.#add(key, name, version, attributes, schemaUrl);
  }

  /** Content of the `InstrumentationScope` message. */
  readonly encodedOf = (group: number): Uint8Array => this.#encoded[group] ?? new Uint8Array(0);

  /** Schema URL of a scope; `''` is none. */
  readonly schemaUrlOf = (group: number): string => this.#schemaUrls[group] ?? '';

  /** The same as `encodedOf`, for lines. */
  readonly scopeOf = (group: number): OtlpScope | undefined => this.#scopes[group];

  #add(key: string, name: string, version: string, attributes: object | undefined, schemaUrl: string): number {
    const { bytes } = encodeAttributes(attributes ?? {}, this.#limits);
    const fullKey = bytes.length === 0 ? key : `${key}\u0000${bytes.toString('latin1')}`;
    let group = this.#groups.get(fullKey);
    if (group === undefined) {
      group = this.#encoded.length;
      this.#groups.set(fullKey, group);
      this.#encoded.push(encodeScope(name, version, attributes, this.scrub));
      this.#schemaUrls.push(schemaUrl);
      this.#scopes.push({
        ...(name === '' ? {} : { name }),
        ...(version === '' ? {} : { version }),
        // Encoded as the attributes of a record, so as one they are decoded.
        ...(bytes.length === 0 ? {} : { attributes: decodeLogRecord(bytes, 0, bytes.length).attributes ?? [] }),
      });
    }
    if (attributes !== undefined) {
      const known = this.#known.get(attributes) ?? new Map<string, number>();
      this.#known.set(attributes, known.set(key, group));
    }
    return group;
  }
}
