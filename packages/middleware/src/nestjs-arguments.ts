/** What a call of Nest's logger says. */
export interface NestCall {
  /** Not resolved yet: a function among them makes the message. */
  readonly messages: readonly unknown[];
  /** The name a `new Logger('Orders')` was made with; `undefined` for none. */
  readonly context: string | undefined;
  /** A stack as text; `undefined` for none. */
  readonly stack: string | undefined;
  /** All plain objects behind the first message, merged. */
  readonly params: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Takes the arguments of a call apart as `ConsoleLogger` of Nest 12 does: the last text is the context, plain objects
 * are parameters, what else there is are further messages. Pure.
 */
export function parseNestCall(given: readonly unknown[]): NestCall {
  const context = given.length > 1 ? asText(given.at(-1)) : undefined;
  const rest = context === undefined ? given : given.slice(0, -1);
  const [first, ...others] = rest;
  const params = others.filter(isPlainObject);
  return {
    messages: [first, ...others.filter((each) => !isPlainObject(each))],
    context,
    stack: undefined,
    params: params.length > 0 ? Object.assign({}, ...params) : undefined,
  };
}

/**
 * The same of `error` and `fatal`, which may carry a stack: at the end, or before the context, where an `undefined`
 * holds its place. Pure.
 */
export function parseNestError(given: readonly unknown[]): NestCall {
  const last = given.at(-1);
  if (given.length === 2 && last === undefined) return parseNestCall(given.slice(0, 1));
  if (given.length > 1 && isStack(last)) return { ...parseNestCall(given.slice(0, -1)), stack: last };
  const call = parseNestCall(given);
  const stack = call.messages.at(-1);
  if (given.length < 3 || call.messages.length < 2 || !(typeof stack === 'string' || stack === undefined)) return call;
  return { ...call, stack, messages: call.messages.slice(0, -1) };
}

/** What a message is: of a class its name, of any other function what it returns. */
export function resolveNestMessage(message: unknown): unknown {
  if (typeof message !== 'function') return message;
  if (Function.prototype.toString.call(message).startsWith('class ')) return message.name;
  return resolveNestMessage(message());
}

// Not `\s+`: it takes line breaks as well, and long runs of them a time that grows by their square.
const STACK = /\n[ \t]+at .+:\d+:\d+/;

function isStack(value: unknown): value is string {
  return typeof value === 'string' && STACK.test(value);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  const made: unknown =
    Object.hasOwn(Object(prototype), 'constructor') && Reflect.get(Object(prototype), 'constructor');
  // By its text: an object of another realm, as test runners have them, has an `Object` of its own.
  return typeof made === 'function' && String(made) === String(Object);
}
