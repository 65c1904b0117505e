import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type ConfigNode, ConfigTextError, placeOf, toValue } from './config-node.ts';
import { parseJsonConfig } from './parse-json-config.ts';
import { parseYamlConfig } from './parse-yaml-config.ts';

const env = { PORT: '4318', TOKEN: 'a: b', FLAG: 'true', NOTHING: '' };
const json = (text: string): ConfigNode => parseJsonConfig(text, env);
const yaml = (text: string): ConfigNode => parseYamlConfig(text, env);

function errorOf(run: () => unknown): Pick<ConfigTextError, 'line' | 'message'> {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigTextError) return { line: error.line, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseJsonConfig', () => {
  it('reads whatever JSON.stringify writes, in any layout', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        fc.pre(!/\$[{$]/.test(JSON.stringify(value)));
        const text = JSON.stringify(value, undefined, indent);
        // What is null counts as not given.
        expect(JSON.stringify(toValue(json(text)))).toBe(JSON.stringify(toValue(json(JSON.stringify(value)))));
        if (!text.includes('null')) expect(JSON.stringify(toValue(json(text)), undefined, indent)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      'true',
      'nul',
      ' ',
      '\n',
      '"',
      '\\',
      '01',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const attempt = (run: () => unknown): boolean => {
          try {
            run();
            return true;
          } catch {
            return false;
          }
        };
        const isTwice = /"a"[^"]*"a"/.test(text);
        if (!isTwice) expect(attempt(() => json(text))).toBe(attempt(() => JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{\n"a": 1,\n}', 3, 'it is no JSON: expected another entry'],
    ['{\n"a" 1}', 2, 'it is no JSON: expected ":"'],
    ['{"a": 1}\n\nx', 3, 'it is no JSON: expected JSON'],
    ['[1\n2]', 2, 'it is no JSON: expected "]"'],
    ['{"a": 1,\n"a": 2}', 2, 'a key is given twice'],
    ['', 1, 'it is no JSON: expected a value'],
    [`${'['.repeat(100)}`, 1, 'it is too large or too deep'],
  ])('names the line of what is wrong with %j', (text, line, message) => {
    expect(errorOf(() => json(text))).toEqual({ line, message });
  });

  it('takes a string with a reference for a text, which means the type of what was put in as well', () => {
    const text = '{"a": "${PORT}", "b": "port ${PORT}", "c": "${FLAG}", "d": "4318", "e": "${NOTHING}"}';
    const written = { a: '4318', b: 'port 4318', c: 'true', d: '4318', e: undefined };
    expect(toValue(json(text))).toEqual(written);
    expect(toValue(json(text), 'text')).toEqual(written);
    expect(toValue(json(text), 'typed')).toEqual({ ...written, a: 4318, c: true });
  });
});

describe('parseYamlConfig', () => {
  it('reads what another writer of YAML wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        fc.pre(!/\$[{$]|null|\\u0085/.test(JSON.stringify(value)));
        expect(JSON.stringify(toValue(yaml(stringify(value))))).toBe(JSON.stringify(value));
      }),
      { numRuns: 200 },
    );
  });

  it('puts variables into values alone, with the type of what was put in unless it stands in quotes', () => {
    const text = 'a: ${PORT}\nb: "${PORT}"\nc: ${TOKEN}\nd: ${NOTHING}\n${PORT}: key\ne: ${UNSET:-7}\n';
    const expected = { a: 4318, b: '4318', c: 'a: b', d: undefined, '${PORT}': 'key', e: 7 };
    expect(toValue(yaml(text))).toEqual(expected);
    expect(toValue(yaml(text), 'typed')).toEqual(expected);
    expect(toValue(yaml(text), 'text')).toEqual({ ...expected, a: '4318', e: '7' });
  });

  it('follows an alias, but not without end', () => {
    expect(toValue(yaml('a: &x [1]\nb: *x\n'))).toEqual({ a: [1], b: [1] });
    const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(errorOf(() => yaml(lines.join('\n'))).message).toBe('it is too large or too deep');
  });

  it.each([
    ['a: 1\nb: [1\nc: 2\n', 'it is no YAML (BAD_INDENT)'],
    ['a: 1\na: s3cret\n', 'it is no YAML (DUPLICATE_KEY)'],
    ['a: 1\n? [b]\n: c\n', 'a key must be a text'],
    ['a: 1\nb: ${0}\n', 'a reference must be ${NAME} or ${NAME:-default}'],
    ['a: 1\n---\nb: 2\n', 'it is no YAML (MULTIPLE_DOCS)'],
    ['redact:\n  paths: [*.token, a.b]\n', 'a text that begins with * must be in quotes'],
    ['redact:\n  keys:\n    - *\n', 'a text that begins with * must be in quotes'],
    ['a: 1\nb: *x\nc: &x 2\n', 'a text that begins with * must be in quotes'],
  ])('names the line of what is wrong with %j, and shows nothing of it', (text, message) => {
    const error = errorOf(() => yaml(text));
    expect(error.message).toBe(message);
    expect(error.line).toBeGreaterThanOrEqual(2);
  });

  it('makes a key of __proto__ like any other', () => {
    const value: unknown = toValue(yaml('__proto__: {polluted: true}\n'));
    expect(Object.keys(Object(value))).toEqual(['__proto__']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('placeOf', () => {
  const text = 'level: info\nendpoints:\n  - url: http://a\n  - url: http://b\n    weight: 2\nheaders:\n  x.y: 1\n';

  it.each([
    ['level', 1],
    ['endpoints', 2],
    ['endpoints[0]', 3],
    ['endpoints[1].weight', 5],
    ['endpoints[1].priority', 4],
    ['endpoints[7]', 2],
    ['headers.x.y', 7],
    ['batch.lingerMs', 1],
    ['', 1],
  ])('finds %j in YAML at %i', (path, line) => {
    expect(placeOf(yaml(text), path).line).toBe(line);
  });

  it('finds keys in JSON', () => {
    const node = json('{\n  "batch": {\n    "lingerMs": 1,\n    "maxBytes": 2\n  }\n}');
    expect(['batch', 'batch.lingerMs', 'batch.maxBytes', 'batch.x'].map((path) => placeOf(node, path).line)).toEqual([
      2, 3, 4, 2,
    ]);
  });
});
