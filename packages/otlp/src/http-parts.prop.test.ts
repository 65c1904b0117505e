import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeValue } from '../test/values.ts';
import { safeText, withoutHttpParts } from './without-http-parts.ts';

const SECRET = 'SENTINEL';

const config = fc.record({
  before: fc.dictionary(fc.string(), fc.string(), { maxKeys: 20 }),
  adapter: fc.constantFrom('http', ['xhr', 'http', 'fetch'], undefined),
  isNullProto: fc.boolean(),
});

/** The configuration of a request, its members in any order, some of them unknown. */
const configs = config.chain(({ before, adapter, isNullProto }) => {
  const members = {
    ...before,
    adapter,
    transformRequest: [null],
    transformResponse: [null],
    xsrfCookieName: 'XSRF-TOKEN',
    headers: { authorization: SECRET },
    auth: { password: SECRET },
    data: SECRET,
    url: `http://me:${SECRET}@a/b?c=${SECRET}#${SECRET}`,
  };
  return fc
    .shuffledSubarray(Object.entries(members), { minLength: Object.keys(members).length })
    .map((entries) => Object.assign(isNullProto ? Object.create(null) : {}, Object.fromEntries(entries)) as object);
});

const parts = configs.chain((own) =>
  fc.constantFrom<() => unknown>(
    () => own,
    () => ({
      config: own,
      message: 'no',
      code: 'X',
      request: { _header: SECRET },
      response: { data: SECRET, config: own },
    }),
    () => ({ status: 500, headers: { a: SECRET }, data: SECRET, config: own, request: {} }),
    () => Object.assign(new Error('no'), { config: own, isAxiosError: true, request: { _header: SECRET } }),
    () => JSON.parse(JSON.stringify({ config: own, message: 'no' })),
    () => ({ code: 'ERR_INVALID_URL', input: `http://me:${SECRET}@a b?${SECRET}` }),
    () => new TypeError(`Failed to parse URL from http://a:b:c/?${SECRET}`),
  ),
);

/** Puts a part somewhere into something. */
const hidden = fc
  .tuple(parts, fc.array(fc.nat(6), { maxLength: 5 }), fc.anything({ maxDepth: 1 }))
  .map(([make, ways, beside]) =>
    ways.reduce<unknown>((inner, way) => {
      switch (way) {
        case 0:
          return [beside, inner];
        case 1:
          return { beside, inner };
        case 2:
          return new Map([['inner', inner]]);
        case 3:
          return new Set([inner]);
        case 4:
          return new Error('outer', { cause: inner });
        case 5:
          return new AggregateError([inner], 'many');
        default:
          return { toJSON: () => ({ inner }) };
      }
    }, make()),
  );

it('shows nothing of an HTTP exchange, wherever it stands and whatever is cut', () => {
  fc.assert(
    fc.property(
      hidden,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      (value, maxItems, maxDepth) => {
        expect(encodeValue(value, { maxItems, maxDepth }).includes(SECRET)).toBe(false);
        expect(safeText(([each]) => JSON.stringify(each) ?? '', [value])).not.toContain(SECRET);
        expect(encodeValue(withoutHttpParts(value)).includes(SECRET)).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});
