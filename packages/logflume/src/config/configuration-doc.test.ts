import { readFileSync } from 'node:fs';
import { defaults as deliveryDefaults } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import { defaults } from './defaults.ts';
import { knownVariables } from './known-variables.ts';
import { endpointRules, type OptionRule, optionRules } from './option-rules.ts';

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');

/** Second cell of every table row by the name in its first, which is code. */
const rows = new Map(
  [...page.matchAll(/^\| `([^`]+)` \| ([^|]*) \|/gm)].map(([, name = '', cell = '']) => [name, cell.trim()]),
);

const bytes = `${deliveryDefaults.maxQueueBytes}, or an eighth of the memory the process may use where that is less`;

/** Default of every option, as the page has to say it. */
const optionDefaults: Readonly<Record<string, string>> = {
  name: `\`'${defaults.name}'\``,
  version: 'none',
  level: `\`'${defaults.level}'\``,
  attributes: 'none',
  resource: 'detected',
  endpoints: 'none',
  'endpoints[].url': 'required',
  'endpoints[].weight': String(defaults.endpointWeight),
  'endpoints[].priority': 'the place in the list when no endpoint has one, else 0',
  'endpoints[].headers': 'none',
  headers: 'none',
  format: `\`'${defaults.format}'\``,
  compression: `\`'${defaults.compression}'\``,
  balance: "`'least-loaded'`",
  'tls.ca': 'what Node trusts',
  'tls.cert': 'none',
  'tls.key': 'none',
  axios: 'one of our own',
  timeoutMs: String(deliveryDefaults.timeoutMs),
  'batch.maxRecords': String(deliveryDefaults.maxBatchRecords),
  'batch.maxBytes': String(deliveryDefaults.maxBatchBytes),
  'batch.lingerMs': String(deliveryDefaults.lingerMs),
  'queue.maxBytes': bytes,
  'retry.baseDelayMs': String(deliveryDefaults.retryBaseDelayMs),
  'retry.maxDelayMs': String(deliveryDefaults.retryMaxDelayMs),
  'retry.maxAgeMs': String(deliveryDefaults.retryMaxAgeMs),
  'retry.maxServerErrorRetries': String(deliveryDefaults.maxServerErrorRetries),
  fallback: "`'stderr'`",
  console: '`true` without an endpoint, `false` with one',
  'limits.maxAttributes': String(defaults.maxAttributes),
  'limits.maxValueLength': `\`${defaults.maxValueLength}\``,
  'exit.handleSignals': `\`${defaults.handleSignals}\``,
  'exit.timeoutMs': String(deliveryDefaults.exitTimeoutMs),
  onDiagnostic: 'lines on stderr',
};

function pathsOf(rules: Readonly<Record<string, OptionRule>>, prefix: string): string[] {
  return Object.entries(rules).flatMap(([name, rule]) =>
    rule.kind === 'group' ? pathsOf(rule.fields, `${prefix}${name}.`) : [`${prefix}${name}`],
  );
}

describe('docs/configuration.md', () => {
  it.each(Object.entries(knownVariables))('lists %s with its default, %s', (name, text) => {
    expect(rows.get(name)).toBe(text);
  });

  const paths = [...pathsOf(optionRules, ''), ...pathsOf(endpointRules.fields, 'endpoints[].')];

  it.each(paths)('lists the option %s with its default', (path) => {
    expect(rows.get(path)).toBeDefined();
    expect(rows.get(path)).toBe(optionDefaults[path]);
  });

  it('lists nothing the code does not know', () => {
    const known = new Set([...Object.keys(knownVariables), ...paths]);
    expect([...rows.keys()].filter((name) => !known.has(name))).toEqual([]);
  });

  it('names the option of a variable as the code does', () => {
    const named = [...page.matchAll(/^\| `[A-Z_]+` \|[^|]*\| `([^`]+)` \|/gm)].map(([, option]) => option);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((option) => !paths.includes(option ?? ''))).toEqual([]);
  });
});
