import type { EnvironmentVariables } from '../env-reader.ts';
import { type ConfigMember, type ConfigNode, ConfigTextError, maxDepth, maxNodes } from './config-node.ts';
import { hasReference, readPlainScalar, substituteVariables } from './substitute-variables.ts';

const token =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.+-])|$)/y;

/**
 * Reads JSON and keeps the lines, which `JSON.parse` does not. Variables are put into strings; one that held a reference
 * may mean a number or a boolean as well, as JSON cannot write `${PORT}` without quotes.
 *
 * @throws ConfigTextError for what is no JSON, and for a key given twice.
 */
export function parseJsonConfig(text: string, env: EnvironmentVariables): ConfigNode {
  return new JsonReader(text, env).readAll();
}

class JsonReader {
  readonly #text: string;
  readonly #env: EnvironmentVariables;
  #at = 0;
  #line = 1;
  #nodes = 0;
  /** The token at hand; `''` at the end. */
  #token = '';

  constructor(text: string, env: EnvironmentVariables) {
    this.#text = text;
    this.#env = env;
  }

  readAll(): ConfigNode {
    this.#next();
    const node = this.#value(0);
    if (this.#token !== '') throw this.#error('the end');
    return node;
  }

  #next(): void {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    const whole = match?.[0] ?? /^[ \t\r\n]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#line += whole.split('\n').length - 1;
    if (match === null) throw this.#error('JSON');
    this.#at += whole.length;
    this.#token = match[1] ?? match[2] ?? match[3] ?? '';
  }

  #value(depth: number): ConfigNode {
    const line = this.#line;
    if (depth > maxDepth || ++this.#nodes > maxNodes) throw new ConfigTextError(line, 'it is too large or too deep');
    const first = this.#token;
    if (first === '{') return { kind: 'map', line, members: this.#members(depth) };
    if (first === '[') return { kind: 'list', line, items: this.#items(depth) };
    if (first === '' || /^[\]},:]/.test(first)) throw this.#error('a value');
    const value = this.#literal(first);
    this.#next();
    if (typeof value !== 'string' || !hasReference(value)) return { kind: 'scalar', line, value, source: first };
    const text = substituteVariables(value, this.#env, line);
    return text === ''
      ? { kind: 'scalar', line, value: null }
      : { kind: 'scalar', line, value: text, other: readPlainScalar(text) };
  }

  /** A string may still hold what JSON does not allow in one. */
  #literal(text: string): string | number | boolean | null {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#error('a value'); // The error of JSON.parse repeats the text.
    }
  }

  #members(depth: number): readonly ConfigMember[] {
    const members = new Map<string, ConfigMember>();
    this.#next();
    while (this.#token !== '}') {
      const line = this.#line;
      if (!this.#token.startsWith('"')) throw this.#error('a key in quotes');
      const key = String(this.#literal(this.#token));
      if (members.has(key)) throw new ConfigTextError(line, 'a key is given twice');
      this.#next();
      this.#expect(':');
      members.set(key, { key, line, node: this.#value(depth + 1) });
      if (!this.#hasMore('}')) break;
    }
    this.#expect('}');
    return [...members.values()];
  }

  #items(depth: number): readonly ConfigNode[] {
    const items: ConfigNode[] = [];
    this.#next();
    while (this.#token !== ']') {
      items.push(this.#value(depth + 1));
      if (!this.#hasMore(']')) break;
    }
    this.#expect(']');
    return items;
  }

  /** Whether a comma follows, which another entry must. */
  #hasMore(end: string): boolean {
    if (this.#token !== ',') return false;
    this.#next();
    if (this.#token === end) throw this.#error('another entry');
    return true;
  }

  #expect(sign: string): void {
    if (this.#token !== sign) throw this.#error(`"${sign}"`);
    this.#next();
  }

  #error(expected: string): ConfigTextError {
    return new ConfigTextError(this.#line, `it is no JSON: expected ${expected}`);
  }
}
