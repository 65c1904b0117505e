import fc from 'fast-check';

type Trap = 'get' | 'has' | 'ownKeys' | 'getPrototypeOf' | 'getOwnPropertyDescriptor';

const TRAPS: Trap[] = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'];

/** Any sequence of UTF-16 units, lone surrogates included, often short. */
export const arbitraryUtf16: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff })), { maxLength: 8 }).map(fromUnits),
  fc.string({ minLength: 100, maxLength: 300 }),
);

/** Few names, so that records, loggers and maps often agree on one. */
export const arbitraryKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '0', '1', '', '__proto__', 'toJSON', '\ud800', '\udfff', '\ufffd', 'exception.type'),
  arbitraryUtf16,
);

const arbitraryScalar: fc.Arbitrary<unknown> = fc.oneof(
  arbitraryUtf16,
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
  fc.constantFrom(null, undefined, 2 ** 53, 2 ** 63, -(2 ** 63), -0, 2 ** 31, 2 ** 32),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 200 }),
  fc.uint8ClampedArray({ maxLength: 5 }),
  fc.float64Array({ maxLength: 5 }),
  fc.bigInt64Array({ maxLength: 5 }),
);

/** Names that UTF-8 can write, so that no two become one. */
export const arbitraryWellFormedKey: fc.Arbitrary<string> = arbitraryKey.filter((key) => !/\p{Surrogate}/u.test(key));

/** Values that behave: whatever one would call data, in up to five levels. */
export function arbitraryData(key: fc.Arbitrary<string> = arbitraryKey): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'data' },
      arbitraryScalar,
      fc.array(tie('value'), { maxLength: 6 }),
      fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
      arbitraryEntries(key, tie('value')).map((entries) => toObject(entries)),
      arbitraryEntries(key, tie('value')).map((entries) => new Map(entries)),
      fc
        .array(fc.tuple(fc.oneof(fc.integer(), fc.boolean(), key), tie('value')), { maxLength: 4 })
        .map((entries) => new Map(entries)),
    ),
  })).value;
}

export function arbitraryEntries(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<unknown>,
): fc.Arbitrary<[string, unknown][]> {
  return fc.array(
    fc.tuple(
      key.filter((text) => text !== 'toJSON'),
      value,
    ),
    { maxLength: 6 },
  );
}

/** An object with these own members; `__proto__` is one like any other. */
export function toObject(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

/** A box around a value, as fast-check asks every value it makes a question, which a revoked proxy answers by throwing. */
export interface Box<T> {
  readonly value: T;
}

/** Values that do not behave: anything at all, wrapped in whatever makes reading it go wrong. */
export const arbitraryHostile: fc.Arbitrary<Box<unknown>> = fc.letrec<{ box: Box<unknown> }>((tie) => ({
  box: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'hostile' },
    fc
      .anything({
        key: arbitraryKey,
        withBigInt: true,
        withBoxedValues: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withObjectString: true,
        withSet: true,
        withSparseArray: true,
        withTypedArray: true,
      })
      .map(boxed),
    arbitraryData().map(boxed),
    fc.constantFrom<unknown>(Symbol('s'), Math.max, class Named {}, /x/g, new URL('https://a:b@c/')).map(boxed),
    fc
      .tuple(tie('box'), fc.subarray(TRAPS, { minLength: 1 }), fc.boolean())
      .map(([box, traps, isLate]) => boxed(trapped(box.value, traps, isLate))),
    tie('box').map((box) => boxed(revokedOf(box.value))),
    fc.tuple(arbitraryKey, tie('box')).map(([key, box]) => boxed(throwingGetter(key, box.value))),
    tie('box').map((box) => boxed({ toJSON: () => box.value })),
    tie('box').map((box) => boxed({ toJSON: () => raise(box.value) })),
    fc.tuple(arbitraryKey, tie('box')).map(([key, box]) => boxed(circle(key, box.value))),
    fc
      .tuple(arbitraryUtf16, tie('box'), arbitraryKey, tie('box'))
      .map(([message, cause, key, box]) => boxed(strangeError(message, cause.value, key, box.value))),
    fc.tuple(tie('box'), fc.integer({ min: 1, max: 80 })).map(([box, levels]) => boxed(deep(box.value, levels))),
    fc.array(fc.tuple(arbitraryKey, tie('box')), { maxLength: 6 }).map((entries) => boxed(unboxedObject(entries))),
  ),
})).box;

export const arbitraryHostileObject: fc.Arbitrary<Box<object>> = fc.oneof(
  arbitraryHostile.filter(isObjectBox),
  fc.array(fc.tuple(arbitraryKey, arbitraryHostile), { maxLength: 6 }).map((entries) => boxed(unboxedObject(entries))),
);

function isObjectBox(box: Box<unknown>): box is Box<object> {
  return typeof box.value === 'object' && box.value !== null;
}

function boxed<T>(value: T): Box<T> {
  return { value };
}

function unboxedObject(entries: readonly (readonly [string, Box<unknown>])[]): object {
  return toObject(entries.map(([key, box]) => [key, box.value]));
}

function trapped(value: unknown, traps: readonly Trap[], isLate: boolean): object {
  // A late trap lets the first three questions pass, and throws where the encoder already trusts the object.
  let asked = 0;
  const handler: ProxyHandler<object> = {};
  for (const trap of traps) {
    Object.defineProperty(handler, trap, {
      value: (...args: unknown[]): unknown =>
        isLate && asked++ < 3 ? Reflect.apply(Reflect[trap], undefined, args) : raise(trap),
    });
  }
  return new Proxy(Object(value), handler);
}

function revokedOf(value: unknown): object {
  const { proxy, revoke } = Proxy.revocable<object>(Object(value), {});
  revoke();
  return proxy;
}

function throwingGetter(key: string, thrown: unknown): object {
  return Object.defineProperty({ before: 1, after: 2 }, key, { enumerable: true, get: () => raise(thrown) });
}

function circle(key: string, value: unknown): object {
  const inner = { value };
  const outer = Object.defineProperty({ inner }, key, { enumerable: true, value: [inner] });
  return Object.defineProperty(outer, 'outer', {
    enumerable: true,
    value: new Map([['outer', outer]]),
  });
}

function strangeError(message: string, cause: unknown, key: string, value: unknown): Error {
  const error = new AggregateError([cause, value], message, { cause });
  Object.defineProperty(error, 'stack', { value: typeof cause === 'string' ? cause : value });
  return Object.defineProperty(error, key, { enumerable: true, value });
}

function deep(value: unknown, levels: number): unknown {
  let nested = value;
  for (let level = 0; level < levels; level++)
    nested = level % 3 === 0 ? [nested] : level % 3 === 1 ? { nested } : new Map([[nested, nested]]);
  return nested;
}

function raise(thrown: unknown): never {
  throw thrown;
}

function fromUnits(units: readonly number[]): string {
  return String.fromCharCode(...units);
}
