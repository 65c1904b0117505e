import { isHeaderName, isHeaderValue, LogflumeError } from '@logflume/delivery';
import { closestName } from './closest-name.ts';
import { type BadOption, isRecord, type OptionRule } from './option-rule.ts';
import { optionRules } from './option-rules.ts';
import { parseLevels } from './parse-levels.ts';
import { describeKind, showValue } from './show-value.ts';

/**
 * Makes the error of an option that cannot work.
 *
 * @param option - path from the options object, such as `endpoints[1].weight`.
 */
export function invalidOption(option: string, bad: BadOption): LogflumeError {
  const hint = bad.hint === undefined ? '' : `; ${bad.hint}`;
  const details = { option, expected: bad.expected, got: bad.got };
  const message = `${option} must be ${bad.expected}, got ${bad.got}${hint}`;
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details });
}

/**
 * Checks names and values of all options but the contents of `endpoints`, which are checked where they are parsed.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for the first wrong or unknown one.
 */
export function checkOptions(options: unknown): void {
  checkGroup(options, '', optionRules);
  if (!isRecord(options)) return;
  checkLevel(options['level']);
  checkTlsPair(options['tls'], '');
}

/** Checks an object against rules for its members; `path` is `''` for the options object itself. */
export function checkGroup(value: unknown, path: string, fields: Readonly<Record<string, OptionRule>>): void {
  if (!isRecord(value)) {
    throw invalidOption(path === '' ? 'options' : path, { expected: 'an object', got: showValue(value) });
  }
  for (const [name, member] of Object.entries(value)) {
    const memberPath = path === '' ? name : `${path}.${name}`;
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (rule === undefined) throw unknownOption(memberPath, name, path, Object.keys(fields));
    if (member === undefined) continue;
    checkMember(member, memberPath, rule);
  }
}

function checkMember(value: unknown, path: string, rule: OptionRule): void {
  switch (rule.kind) {
    case 'group':
      checkGroup(value, path, rule.fields);
      return;
    case 'headers':
      checkHeaders(value, path, rule.orFunction);
      return;
    case 'value':
      if (!rule.accepts(value)) throw refuse(path, value, rule);
      checkFault(value, path, rule);
      checkMembers(value, path, rule);
      return;
    default:
      rule satisfies never;
  }
}

/** Says why an option may not be a value, its members included; `undefined` for one it may be. */
export function whyRefused(value: unknown, path: string, rule: OptionRule): LogflumeError | undefined {
  try {
    checkMember(value, path, rule);
    return undefined;
  } catch (error) {
    if (error instanceof LogflumeError) return error;
    throw error;
  }
}

/** Members of a value that is an object, or of the entries of a list that are. */
function checkMembers(value: unknown, path: string, rule: Extract<OptionRule, { kind: 'value' }>): void {
  const { members, required } = rule;
  if (members === undefined) return;
  if (Array.isArray(value)) {
    for (const [place, entry] of value.entries())
      if (!Array.isArray(entry)) checkMembers(entry, `${path}[${place}]`, rule);
    return;
  }
  if (!isRecord(value)) return;
  checkGroup(value, path, members);
  if (required === undefined || value[required] !== undefined) return;
  throw invalidOption(`${path}.${required}`, { expected: `given in ${path}`, got: 'undefined' });
}

/** Values never reach a message, and names only those HTTP allows: a wrong one may be the token. */
function checkHeaders(headers: unknown, path: string, orFunction: boolean): void {
  if (orFunction && typeof headers === 'function') return;
  if (!isRecord(headers)) {
    const expected = `an object of header names and values${orFunction ? ' or a function that returns one' : ''}`;
    throw invalidOption(path, { expected, got: describeKind(headers) });
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!isHeaderName(name)) {
      throw invalidOption(path, {
        expected: 'an object of HTTP header names and values',
        got: 'another name (hidden)',
      });
    }
    if (typeof value === 'string' && isHeaderValue(value)) continue;
    const got = typeof value === 'string' ? 'another (hidden)' : describeKind(value);
    throw invalidOption(`${path}.${name}`, { expected: 'a string of characters HTTP allows', got });
  }
}

function checkFault(value: unknown, path: string, { faultOf }: Extract<OptionRule, { kind: 'value' }>): void {
  const fault = faultOf?.(value);
  if (fault !== undefined) throw invalidOption(path, fault);
}

function refuse(path: string, value: unknown, rule: Extract<OptionRule, { kind: 'value' }>): LogflumeError {
  const close = typeof value === 'string' ? closestName(value, rule.words ?? []) : undefined;
  return invalidOption(path, {
    expected: rule.expected,
    got: rule.secret ? `${describeKind(value)} that is none` : showValue(value),
    hint: close === undefined ? undefined : `write "${close}"`,
  });
}

function unknownOption(memberPath: string, name: string, path: string, known: readonly string[]): LogflumeError {
  const close = closestName(name, known);
  const owner = path === '' ? 'logflume' : path;
  // How other libraries call it.
  const isService = path === '' && /^service/i.test(name);
  const advice = isService
    ? `a service is named by resource: { 'service.name': … }`
    : close === undefined
      ? `known are ${known.join(', ')}`
      : `did you mean "${close}"?`;
  const message = `${showValue(name)} is not an option of ${owner}; ${advice}`;
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details: { option: memberPath, closest: close } });
}

function checkLevel(level: unknown): void {
  if (typeof level !== 'string') return;
  const { problems, byName, default: threshold } = parseLevels(level);
  const isEmpty = threshold === undefined && byName.size === 0 && problems.length === 0;
  if (problems.length === 0 && !isEmpty) return;
  throw invalidOption('level', {
    expected: 'a level or levels by name such as "info,db=debug"',
    got: isEmpty ? showValue(level) : `a text where ${problems.join(', and ')}`,
  });
}

/** @param prefix - of the path of `tls`, such as `destinations[0].`. */
export function checkTlsPair(tls: unknown, prefix: string): void {
  if (!isRecord(tls)) return;
  const givenAs = (name: 'cert' | 'key') => [name, `${name}File`].find((form) => tls[form] !== undefined);
  const [cert, key] = [givenAs('cert'), givenAs('key')];
  if ((cert === undefined) === (key === undefined)) return;
  const given = cert ?? key ?? '';
  const missing = given.replace(/^(cert|key)/, (name) => (name === 'cert' ? 'key' : 'cert'));
  throw invalidOption(`${prefix}tls.${missing}`, { expected: `given together with tls.${given}`, got: 'undefined' });
}
