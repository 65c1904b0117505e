// biome-ignore-all lint/suspicious/noConsole: the console is what is tested here
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createSeenLogger } from '../test/memory-delivery.ts';
import { captureConsole } from './capture-console.ts';
import type { Logger } from './logger.ts';
import { asOwnOutput } from './own-output.ts';
import { createScrub } from './redact/create-scrub.ts';

const fail = (): never => {
  throw new Error('on purpose');
};

const runnersConsole = globalThis.console;
let printed = '';
let releases: (() => void)[] = [];

function capture(logger: Logger, print?: boolean): () => void {
  const release = captureConsole({ logger, print });
  releases.push(release);
  return release;
}

beforeEach(() => {
  printed = '';
  const sink = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      printed += String(chunk);
      done();
    },
  });
  globalThis.console = new Console({ stdout: sink, stderr: sink, colorMode: false });
});

afterEach(() => {
  for (const release of releases) release();
  releases = [];
  globalThis.console = runnersConsole;
});

describe('captureConsole', () => {
  test.each<[keyof Console & ('trace' | 'debug' | 'log' | 'info' | 'warn' | 'error' | 'dirxml'), number, string]>([
    ['trace', 1, 'TRACE'],
    ['debug', 5, 'DEBUG'],
    ['log', 9, 'INFO'],
    ['info', 9, 'INFO'],
    ['dirxml', 9, 'INFO'],
    ['warn', 13, 'WARN'],
    ['error', 17, 'ERROR'],
  ])('records %s with severity %d, and the console prints', (method, severityNumber, severityText) => {
    const { log, records } = createSeenLogger();
    capture(log);
    console[method]('%s is %d, %j', 'answer', 42, [1]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ body: 'answer is 42, [1]', severityNumber, severityText });
    expect(printed.match(/answer is 42, \[1\]/g)).toHaveLength(1);
  });

  it('has no format of its own: the body is the line that is printed', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    console.log('%o and %O, 100%', { a: [1] }, { b: 2 }, 'more', 3n, Symbol('s'), null, undefined);
    console.log();
    console.log({ deep: { er: { and: { deeper: 1 } } } }, new Map([[1, 2]]));
    expect(printed).toBe(records.map(({ body }) => `${String(body)}\n`).join(''));
  });

  it('makes attributes of a plain object that is the only one', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    console.log('order', { 'order.id': 7 });
    console.log({ 'order.id': 8 });
    console.log('two', { a: 1 }, { b: 2 });
    console.log('none', [1], new Map([[1, 2]]), new Date(0));
    expect(records.map(({ attributes }) => attributes)).toStrictEqual([{ 'order.id': 7 }, { 'order.id': 8 }, {}, {}]);
    expect(records[0]?.body).toBe("order { 'order.id': 7 }");
  });

  it('makes an exception of an error in any position', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    const error = new RangeError('boom');
    console.error(error);
    console.error('failed', error);
    console.error('failed', 1, 2, error, { a: 1 });
    console.error('failed', { err: error });
    for (const { attributes, body } of records) {
      expect(attributes).toMatchObject({ 'exception.type': 'RangeError', 'exception.message': 'boom' });
      expect(body).toContain('RangeError: boom');
    }
    expect(records[2]?.attributes['a']).toBe(1);
    expect(records).toHaveLength(4);
  });

  it('tells no more of a body that could not be parsed than the exception does, error or stack', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    const message = 'Unexpected token \'h\', "{"password":hunter2}" is not valid JSON';
    const error = Object.assign(new SyntaxError(message), { body: '{"password":hunter2}' });
    console.error(error);
    console.error('failed %o', error);
    console.error(error.stack);
    console.error({ deep: [{ error }] });
    expect(records).toHaveLength(4);
    for (const record of records) expect(JSON.stringify(record)).not.toContain('hunter2');
    expect(records[0]?.body).toContain(`Unexpected token 'h', "…" is not valid JSON`);
  });

  it.each<[unknown, string]>([
    [
      { loger: createSeenLogger().log, print: false },
      '"loger" is not an option of captureConsole; did you mean "logger"?',
    ],
    [{ logger: { name: 'shop' } }, 'captureConsole.logger must be a logger made by createLogger(), got an object'],
    [{ print: true }, 'captureConsole.logger must be a logger made by createLogger(), got undefined'],
    [undefined, 'captureConsole must be an object, got undefined'],
    [{ logger: createSeenLogger().log, print: 'no' }, 'captureConsole.print must be true or false, got "no"'],
  ])('refuses %o, and wraps nothing', (options, message) => {
    const before = { ...console };
    expect(() => Reflect.apply(captureConsole, undefined, [options])).toThrow(
      expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION', message }),
    );
    expect({ ...console }).toEqual(before);
  });

  it('keeps the stack of a trace, without its own frames', () => {
    const { log, last } = createSeenLogger();
    capture(log);
    console.trace('here');
    expect(last().body).toBe('here');
    expect(String(last().attributes['code.stacktrace']).split('\n')[0]).toContain('capture-console.test.ts');
    expect(printed).toContain('Trace: here');
  });

  it('records an assertion that fails, as the console words it, but for objects', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    console.assert(true, 'fine');
    console.assert(false);
    console.assert(0, '%s broke', 'it', { a: 1 });
    Reflect.apply(console.assert, undefined, [undefined, { b: 2 }]);
    const bodies = records.map(({ body }) => body);
    expect(bodies.slice(0, 2)).toStrictEqual(printed.split('\n').slice(0, 2));
    // Node prints "[object Object]" here.
    expect(bodies[2]).toBe('Assertion failed: { b: 2 }');
    expect(records.map(({ severityNumber }) => severityNumber)).toStrictEqual([17, 17, 17]);
    expect(records.map(({ attributes }) => attributes)).toStrictEqual([{}, { a: 1 }, { b: 2 }]);
  });

  it('records dir with its options, and tables, groups, counts and times', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0, colors: true });
    console.table([{ a: 1 }]);
    console.group('outer');
    console.log('inner\nlines');
    console.groupEnd();
    console.count('calls');
    console.time('t');
    console.timeLog('t', 'half');
    console.timeEnd('t');
    const bodies = records.map(({ body }) => String(body));
    expect(bodies[0]).toBe('{ a: [Object] }');
    expect(records[0]?.attributes).toStrictEqual({ a: { b: { c: { d: 1 } } } });
    expect(bodies[1]).toContain('(index)');
    expect(bodies.slice(2, 5)).toStrictEqual(['outer', 'inner\nlines', 'calls: 1']);
    expect(bodies[5]).toMatch(/^t: .* half$/);
    expect(bodies[6]).toMatch(/^t: /);
    expect(bodies).toHaveLength(7);
    expect(printed).toContain('  inner\n  lines\n');
  });

  it('prints nothing when told so, and records all the same', () => {
    const { log, records } = createSeenLogger();
    capture(log, false);
    console.log('a');
    console.trace('b');
    console.assert(false, 'c');
    console.dir('d');
    expect(records).toHaveLength(4);
    expect(printed).toBe('');
  });

  it('leaves out what is below the level, and prints it', () => {
    const { log, records } = createSeenLogger('warn');
    capture(log);
    console.log('quiet');
    console.warn('loud');
    expect(records.map(({ body }) => body)).toStrictEqual(['loud']);
    expect(printed).toBe('quiet\nloud\n');
  });

  it('carries the attributes of a child', () => {
    const { log, last } = createSeenLogger();
    capture(log.child({ from: 'console' }, { name: 'console' }));
    console.log('x');
    expect(last()).toMatchObject({ attributes: { from: 'console' }, scope: 'console' });
  });
});

describe('a capture that could loop', () => {
  it('does not record what the logger itself prints', () => {
    const { log, records } = createSeenLogger();
    const chatty: Logger = {
      ...log,
      level: 'trace',
      log: (level, ...rest: readonly unknown[]) => {
        console.log('logger speaks', level);
        Reflect.apply(log.log, undefined, [level, ...rest]);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    capture(chatty);
    console.log('once');
    expect(records.map(({ body }) => body)).toStrictEqual(['once']);
    expect(printed).toBe('logger speaks info\nonce\n');
  });

  it('does not record a diagnostic of logflume', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    asOwnOutput(() => console.warn('backend is down'));
    console.log('after');
    expect(records.map(({ body }) => body)).toStrictEqual(['after']);
    expect(printed).toBe('backend is down\nafter\n');
  });

  it('records what a getter of a record prints, once', () => {
    const { log, records } = createSeenLogger();
    capture(log);
    log.info('outer', {
      get a() {
        console.log('inner');
        return 1;
      },
    });
    expect(records.map(({ body }) => body).sort()).toStrictEqual(['inner', 'outer']);
  });

  it('ends for an object that prints itself when it is printed', () => {
    const { log, records } = createSeenLogger();
    capture(log, false);
    const mirror = {
      [Symbol.for('nodejs.util.inspect.custom')]: (): string => {
        console.log(mirror);
        return 'mirror';
      },
    };
    expect(() => console.log(mirror)).not.toThrow();
    expect(records.map(({ body }) => body)).toStrictEqual(Array(4).fill('mirror'));
  });

  it('stands beside another capture: each records once', () => {
    const [one, other] = [createSeenLogger(), createSeenLogger()];
    capture(one.log);
    capture(other.log);
    console.error('x');
    console.trace('y');
    expect([one.records.length, other.records.length]).toStrictEqual([2, 2]);
    expect(printed.match(/x\n/g)).toHaveLength(1);
  });
});

describe('a capture and hostile arguments', () => {
  const trap = (): never => {
    throw new Error('trapped');
  };
  test.each<[string, () => unknown]>([
    ['an inspector that throws', () => ({ [Symbol.for('nodejs.util.inspect.custom')]: trap })],
    ['a proxy that throws', () => new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap })],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
    ['a text that throws', () => ({ toString: trap })],
    ['a getter that throws', () => Object.defineProperty({}, 'err', { get: trap, enumerable: true })],
  ])('logs %s', (_, make) => {
    const { log, records, lost } = createSeenLogger();
    capture(log, false);
    console.log('body %s', make());
    console.log(make());
    Reflect.apply(console.dir, undefined, [make(), make()]);
    expect(records).toHaveLength(3);
    expect(String(records[0]?.body)).toMatch(/^body /);
    expect(lost()).toBe(0);
  });

  it('lets a console that throws throw, with the record made', () => {
    console.error = trap;
    const { log, records } = createSeenLogger();
    capture(log);
    expect(() => console.error('x')).toThrow('trapped');
    expect(() => console.error('y')).toThrow('trapped');
    expect(records).toHaveLength(2);
  });

  it('prints when a logger that is not ours throws', () => {
    const { log } = createSeenLogger();
    const broken: Logger = { ...log, level: 'trace', log: trap, [Symbol.asyncDispose]: () => Promise.resolve() };
    capture(broken);
    console.log('x');
    expect(printed).toBe('x\n');
  });
});

describe('undoing a capture', () => {
  const names = ['trace', 'debug', 'log', 'info', 'dir', 'dirxml', 'warn', 'error', 'assert'] as const;
  const descriptors = () => names.map((name) => Object.getOwnPropertyDescriptor(console, name));

  it('puts everything back as it was', () => {
    const before = descriptors();
    const { log, records } = createSeenLogger();
    const release = capture(log);
    expect(descriptors()).not.toStrictEqual(before);
    release();
    release();
    expect(descriptors()).toStrictEqual(before);
    console.log('x');
    expect(records).toStrictEqual([]);
    expect(printed).toBe('x\n');
  });

  it('removes what was inherited', () => {
    globalThis.console = Object.create(console);
    const { log } = createSeenLogger();
    capture(log)();
    expect(Object.keys(console)).toStrictEqual([]);
  });

  it('leaves a wrapper of somebody else in place, and is silent under it', () => {
    const { log, records } = createSeenLogger();
    const release = capture(log);
    const ours = console.log;
    const theirs = (...args: unknown[]): void => ours('theirs:', ...args);
    console.log = theirs;
    release();
    expect(console.log).toBe(theirs);
    console.log('x');
    expect(records).toStrictEqual([]);
    expect(printed).toBe('theirs: x\n');
  });

  it('captures once for one logger, with an undo that works each time', () => {
    const { log, records } = createSeenLogger();
    const [first, second] = [capture(log), capture(log, false)];
    console.log('a');
    expect(records).toHaveLength(1);
    second();
    console.log('b');
    first();
    expect(records).toHaveLength(1);
    capture(log);
    console.log('c');
    expect(records).toHaveLength(2);
    first();
    console.log('d');
    expect(records.map(({ body }) => body)).toStrictEqual(['a', 'c', 'd']);
  });

  it('leaves a frozen console as it is', () => {
    globalThis.console = Object.freeze(Object.assign(Object.create(console), console));
    const { log, records } = createSeenLogger();
    const release = capture(log);
    console.log('x');
    release();
    expect(records).toStrictEqual([]);
    expect(printed).toBe('x\n');
  });
});

describe('what is redacted by its name or place', () => {
  const secret = 'swordfish';
  class Account {
    readonly #held = 1;
    user = 'bob';
    password = secret;
    get held() {
      return this.#held;
    }
  }
  const circle: Record<string, unknown> = { user: 'bob', password: secret };
  circle['self'] = circle;
  class Config {
    static password = secret;
    host = 'db';
  }
  class Printed {
    a = { b: { c: { password: secret } } };
    [inspect.custom]() {
      return `<${JSON.stringify({ ...this })}>`;
    }
  }
  const many = Array.from({ length: 150 }, (_, at) => at);
  const deep = Array.from({ length: 20 }).reduce<object>((inner) => ({ inner }), { password: secret });

  it.each<[string, () => void, string | RegExp]>([
    [
      'a literal',
      () => console.log('login', { user: 'bob', password: secret }),
      "login { user: 'bob', password: '#' }",
    ],
    ['a list', () => console.log([{ password: secret }, 1]), "[ { password: '#' }, 1 ]"],
    ['an instance', () => console.log(new Account()), "Account { user: 'bob', password: '#' }"],
    ['a circle', () => console.log(circle), "<ref *1> { user: 'bob', password: '#', self: [Circular *1] }"],
    [
      'a map and a set',
      () => console.log(new Map([['a', new Set([{ password: secret }])]])),
      /Map\(1\).*Set\(1\).*'#'/,
    ],
    ['a key of a map', () => console.log(new Map([['Password', secret]])), "Map(1) { 'Password' => '#' }"],
    [
      'a symbol',
      () => console.log({ [Symbol('s')]: { password: secret } }),
      /^\{ \[?Symbol\(s\)\]?: \{ password: '#' \} \}$/,
    ],
    ['%o', () => console.log('%o', { password: secret }), "{ password: '#' }"],
    ['%j', () => console.log('%j', { a: { toJSON: () => ({ password: secret }) } }), '{"a":{"password":"#"}}'],
    ['dir', () => console.dir({ a: { b: { c: { password: secret } } } }, { depth: 5 }), /password: '#'/],
    ['a depth nobody prints', () => console.dir(deep, { depth: null }), /inner: '\[object\]'/],
    ['a place', () => console.log({ user: { email: secret, id: 7 } }), "{ user: { email: '#', id: 7 } }"],
    [
      'assert',
      () => Reflect.apply(console.assert, console, [false, { password: secret }]),
      "Assertion failed: { password: '#' }",
    ],
    ['table', () => console.table([{ user: 'bob', password: secret }], ['password']), /│ +'#' +│/],
    ['group', () => console.group({ password: secret }), "{ password: '#' }"],
    [
      'an error',
      () => console.error(Object.assign(new Error('e'), { password: secret })),
      /^Error: e\n.*password: '#'/s,
    ],
    [
      'a cause',
      () => console.error(new Error('e', { cause: Object.assign(new Error('c'), { password: secret, a: 1 }) })),
      /cause.*Error: c\n.*password: '#',\s+a: 1/s,
    ],
    ['a member of the error', () => console.error(Object.assign(new Error('e'), { token: secret })), /token: '#'/],
    [
      'a class',
      () => console.log(Config, { Config }),
      "[class Config] { password: '#' } { Config: [class Config] { password: '#' } }",
    ],
    [
      'a function',
      () => console.log(Object.assign(function connect() {}, { password: secret })),
      "[Function: connect] { password: '#' }",
    ],
    ['a member of a list', () => console.log(Object.assign([1], { password: secret })), "[ 1, password: '#' ]"],
    [
      'parameters of a URL',
      () => console.log(new URLSearchParams({ password: secret, a: '1' })),
      "URLSearchParams { 'password' => '#', 'a' => '1' }",
    ],
    [
      'an object as a key',
      () => console.log(new Map([[{ password: secret }, 1]])),
      "Map(1) { { password: '#' } => 1 }",
    ],
    [
      'what prints itself deeper than the rest',
      () => console.log([[[new Printed()]]]),
      `[ [ [ <{"a":{"b":{"c":{"password":"#"}}}}> ] ] ]`,
    ],
    [
      'more items than are printed',
      () => console.log([{ password: secret }, ...many], new Set([{ password: secret }, ...many])),
      /^\[\n {2}\{ password: '#' \},.*\.\.\. 51 more items\n\] Set\(151\) \{\n {2}\{ password: '#' \},.*\.\.\. 51 more items\n\}$/s,
    ],
    [
      'a map of more',
      () => console.log(new Map<unknown, unknown>([['password', secret], ...many.map((n) => [n, n] as const)])),
      /^Map\(151\) \{\n {2}'password' => '#',.*\.\.\. 51 more items\n\}$/s,
    ],
    [
      'a getter beside it',
      () =>
        console.log({
          password: secret,
          get a() {
            return fail();
          },
        }),
      "{ password: '#', a: [Getter] }",
    ],
    [
      'a getter in a table',
      () =>
        console.table([
          {
            get a() {
              return { password: secret };
            },
          },
        ]),
      /'#'/,
    ],
    ['a proxy', () => console.log(new Proxy({}, { ownKeys: () => fail() }), 1), '[object] 1'],
  ])('is printed and not in the text of the record: %s', (_, print, text) => {
    const scrub = createScrub({ keys: ['password'], paths: ['user.email', 'error.token'], replacement: '#' });
    const { log, encoded, last } = createSeenLogger('trace', { scrub });
    capture(log);
    print();
    expect(encoded[0]?.includes(secret)).toBe(false);
    if (typeof text === 'string') expect(last().body).toBe(text);
    else expect(last().body).toMatch(text);
  });

  it('looks into no more than is printed', () => {
    const { log, last } = createSeenLogger('trace', { scrub: createScrub(['password']) });
    capture(log);
    let asked = 0;
    const watched = new Proxy({}, { ownKeys: () => [`${asked++}`] });
    const lazy = Object.defineProperty({}, 'opened', { enumerable: true, get: () => asked++ });
    console.log('rows', [[[watched]], lazy, ...many, watched]);
    expect(asked).toBe(0);
    expect(printed).toBe(`${String(last().body)}\n`);
  });

  it('leaves all other values as they are', () => {
    const { log, last } = createSeenLogger('trace', { scrub: createScrub({ keys: ['password'], paths: ['a.b'] }) });
    capture(log);
    const shared = { c: [1, 2] };
    console.log(
      '%s %o',
      'x',
      [shared, shared],
      /x/,
      new Date(0),
      {
        get lazy() {
          return 1;
        },
      },
      new Account().held,
    );
    expect(printed).toBe(`${String(last().body)}\n`);
    console.log({ password: secret });
    console.table([{ password: secret }]);
    expect(printed.split(secret)).toHaveLength(3);
  });
});
