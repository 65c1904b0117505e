import { destinationRules, routeRules } from '../src/config/destination-rules.ts';
import { type OptionEntry, optionList, variableOf } from '../src/config/option-list.ts';
import type { OptionRule } from '../src/config/option-rule.ts';
import { consoleRule, fileRule } from '../src/config/option-rules.ts';
import { redactRule } from '../src/config/redact-rules.ts';
import type { ResolvedOptions } from '../src/config/resolved-options.ts';

/** An option, or a member of one that is an object or a list. */
export interface OptionPlace {
  /** As in messages, but for the index: `batch.lingerMs`, `route[].to`, `console.format`. */
  readonly path: string;
  readonly rule: OptionEntry['rule'];
  /** Variables that set it; empty for a member, which is set in the JSON of the whole. */
  readonly variables: readonly string[];
}

/** What one place may be, and may not. */
export interface OptionCase {
  /** A value that is not the default. */
  readonly right: unknown;
  /** What the resolved options hold then, where that is not the value itself. */
  readonly resolved?: unknown;
  /** How the resolved options show it, where that is not at the path. */
  readonly show?: (resolved: ResolvedOptions) => unknown;
  /** What must stand beside it in its group, and in the environment. */
  readonly partner?: object;
  readonly partnerTexts?: Readonly<Record<string, string>>;
  /** Only code can give it. */
  readonly codeOnly?: true;
  /** Texts for variables that are not the value written as text or JSON. */
  readonly rightTexts?: Readonly<Record<string, string>>;
  readonly wrong: unknown;
  /** Texts that are wrong for variables, where `wrong` as a text is not; `none` where every text is right. */
  readonly wrongTexts?: 'none' | Readonly<Record<string, string>>;
}

/** Every place there is, from the rules themselves: what is new there has no case here, and a test fails. */
export const optionPlaces: readonly OptionPlace[] = [
  ...optionList.map(({ path, rule, variableNames }) => ({ path, rule, variables: variableNames })),
  ...membersOf(consoleRule.members, 'console.'),
  ...membersOf(fileRule.members, 'file.'),
  ...membersOf(redactRule.members, 'redact.'),
  ...membersOf(destinationRules.fields, 'destinations[].'),
  ...membersOf(routeRules.fields, 'route[].'),
];

function membersOf(rules: Readonly<Record<string, OptionRule>> = {}, prefix: string): readonly OptionPlace[] {
  return Object.entries(rules).flatMap(([name, rule]): readonly OptionPlace[] => {
    const path = `${prefix}${name}`;
    return rule.kind === 'group' ? membersOf(rule.fields, `${path}.`) : [{ path, rule, variables: [] }];
  });
}

const destination = { name: 'a', endpoints: ['http://a:4318'] };

/** What a list entry or an object needs beside the member in question. */
const beside: Readonly<Record<string, object>> = {
  'endpoints[]': { url: 'http://a:4318' },
  'destinations[]': destination,
  'route[]': { to: 'a' },
  file: { path: '/var/log/a.log' },
};

/** Where a place stands in a message: of a list the first entry. */
export function placeOf(path: string): string {
  return path.replaceAll('[]', '[0]');
}

/** The option that a place is a member of, such as `route` for `route[].to`; itself for one that is an option. */
export function wholeOf({ path, variables }: OptionPlace): string {
  return variables.length > 0 ? path : (path.split(/\[\]|\./)[0] ?? '');
}

/** Options with a value at a place, and around it what it needs. */
export function optionsWith(path: string, value: unknown, partner: object = {}): Record<string, unknown> {
  const options = nested(path.split('.'), value, partner);
  return path.startsWith('route') ? { destinations: [destination], ...options } : options;
}

function nested([name = '', ...rest]: readonly string[], value: unknown, partner: object): Record<string, unknown> {
  if (rest.length === 0) return { ...partner, [name]: value };
  const member = { ...beside[name], ...nested(rest, value, partner) };
  return name.endsWith('[]') ? { [name.slice(0, -2)]: [member] } : { [name]: member };
}

/** The environment in which variables give a value at a place, one after the other. */
export function environmentsWith(place: OptionPlace, value: unknown, { texts, partner, partnerTexts }: InVariables) {
  const whole = wholeOf(place);
  const names = place.variables.length > 0 ? place.variables : [variableOf(whole)];
  const json = place.variables.length > 0 ? value : optionsWith(place.path, value, partner)[whole];
  const needed = whole === 'route' ? { LOGFLUME_DESTINATIONS: 'a=http://a:4318' } : {};
  return names.map((name) => ({
    name,
    env: { ...needed, ...(place.variables.length > 0 && partnerTexts), [name]: texts?.[name] ?? asText(json) },
  }));
}

interface InVariables extends Pick<OptionCase, 'partner' | 'partnerTexts'> {
  readonly texts?: Readonly<Record<string, string>> | undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const pem = '-----BEGIN CERTIFICATE-----';
const transport = { send: () => Promise.reject(new Error('unused')), close: () => undefined };
const axios = { request: () => undefined };
const call = () => ({});

const count = (right: number, wrong: number = -1): OptionCase => ({ right, wrong });

/** What a destination has as the general options have it. */
const ofDestination: Readonly<Record<string, OptionCase>> = {
  headers: { right: { 'x-tenant': 'shop' }, wrong: 5 },
  compression: { right: 'none', wrong: 'brotli' },
  balance: { right: 'failover', wrong: 'random' },
  timeoutMs: count(2500),
  strictOtlp: { right: true, wrong: 'yes' },
  on400: { right: 'bisect', wrong: 'ignore' },
  ordered: { right: true, wrong: 'yes' },
  'batch.maxRecords': count(512, 0),
  'batch.maxBytes': count(2048, 5),
  'batch.lingerMs': count(1000, 60_001),
  'queue.maxBytes': count(8_388_608, 5),
  'retry.baseDelayMs': count(100, 0),
  'retry.maxDelayMs': count(10_000, 0),
  'retry.maxAgeMs': count(60_000, 0),
  'retry.maxServerErrorRetries': count(1),
  fallback: { right: 'stdout', wrong: 'file' },
  'tls.ca': { right: pem, wrong: 'none' },
  'tls.cert': { right: pem, wrong: 'none', partner: { key: pem }, partnerTexts: { LOGFLUME_TLS_KEY: pem } },
  'tls.key': { right: pem, wrong: 'none', partner: { cert: pem }, partnerTexts: { LOGFLUME_TLS_CERT: pem } },
  'tls.caFile': { right: '/tls/ca.pem', wrong: '/missing' },
  'tls.certFile': {
    right: '/tls/cert.pem',
    wrong: '/missing',
    partner: { keyFile: '/tls/key.pem' },
    partnerTexts: { OTEL_EXPORTER_OTLP_CLIENT_KEY: '/tls/key.pem' },
  },
  'tls.keyFile': {
    right: '/tls/key.pem',
    wrong: '/missing',
    partner: { certFile: '/tls/cert.pem' },
    partnerTexts: { OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/tls/cert.pem' },
  },
  'tls.serverName': { right: 'collector.example.com', wrong: 'a b' },
  axios: { right: axios, wrong: 5, codeOnly: true },
};

// Details of what is off without these.
const withSpool = {
  partner: { dir: '/var/lib/shop/logs' },
  partnerTexts: { LOGFLUME_SPOOL_DIR: '/var/lib/shop/logs' },
};
const withRate = {
  partner: { recordsPerSecond: 10 },
  partnerTexts: { LOGFLUME_RATE_LIMIT_RECORDS_PER_SECOND: '10' },
};

/** By path, in the order of the rules. */
export const optionCases: Readonly<Record<string, OptionCase>> = {
  ...ofDestination,
  headers: {
    right: { 'x-tenant': 'shop' },
    wrong: 5,
    rightTexts: { OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-tenant=shop', OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=shop' },
  },
  name: { right: 'shop', wrong: 5, wrongTexts: 'none' },
  version: { right: '1.2.3', wrong: 5, wrongTexts: 'none' },
  level: {
    right: 'warn,db=debug',
    show: ({ levels }) => levels,
    resolved: { default: 'warn', byName: new Map([['db', 'debug']]) },
    wrong: 'loud',
  },
  attributes: { right: { team: 'checkout' }, wrong: 5 },
  resource: {
    right: { 'service.name': 'shop' },
    show: ({ resource }) => resource['service.name'],
    resolved: 'shop',
    rightTexts: { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop' },
    wrong: 5,
    wrongTexts: { OTEL_SERVICE_NAME: '$(NAME)' },
  },
  endpoints: {
    right: ['http://a:4318'],
    show: ({ endpoints }) => endpoints.map(({ url }) => url),
    resolved: ['http://a:4318/v1/logs'],
    rightTexts: {
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://a:4318/v1/logs',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318',
    },
    wrong: 5,
  },
  'endpoints[].url': { right: 'http://b:4318', resolved: 'http://b:4318/v1/logs', wrong: 'b:4318' },
  'endpoints[].weight': { right: 2, wrong: 0 },
  'endpoints[].priority': { right: 7, wrong: -1 },
  'endpoints[].headers': { right: { 'x-tenant': 'shop' }, wrong: 5 },
  format: {
    right: 'otlp-json',
    wrong: 'otlp-xml',
    rightTexts: { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
  },
  'spool.dir': { right: '/var/lib/shop/logs', wrong: '', wrongTexts: 'none' },
  'spool.mode': { right: 'spill', wrong: 'memory', ...withSpool },
  'spool.maxBytes': { ...count(67_108_864, 5), ...withSpool },
  'spool.fsync': { right: 'interval', wrong: 'often', ...withSpool },
  destinations: {
    right: [{ name: 'a', endpoints: ['http://a:4318'] }],
    show: ({ destinations }) => destinations.map(({ name }) => name),
    resolved: ['a'],
    wrong: 5,
  },
  'destinations[].name': { right: 'b', wrong: '' },
  'destinations[].endpoints': {
    right: ['http://b:4318'],
    show: ({ destinations }) => destinations[0]?.endpoints.map(({ url }) => url),
    resolved: ['http://b:4318/v1/logs'],
    wrong: 5,
  },
  'destinations[].format': { right: 'otlp-json', wrong: 'otlp-xml' },
  'destinations[].transport': { right: transport, wrong: 5, codeOnly: true },
  ...Object.fromEntries(Object.entries(ofDestination).map(([path, each]) => [`destinations[].${path}`, each])),
  route: {
    right: [{ to: 'a', level: 'warn' }],
    resolved: [{ to: ['a'], level: 'warn' }],
    rightTexts: { LOGFLUME_ROUTE: 'a=warn' },
    wrong: 5,
  },
  'route[].to': { right: ['a'], wrong: 5 },
  'route[].level': { right: 'warn', wrong: 'loud' },
  'route[].logger': { right: 'db', wrong: 5 },
  'route[].attributes': { right: { audit: true }, wrong: { audit: {} } },
  'route[].when': { right: call, wrong: 5, codeOnly: true },
  console: { right: 'logfmt', wrong: 'yes' },
  'console.format': { right: 'gcp', show: ({ console }) => console, wrong: 'xml' },
  'console.stderrFrom': { right: 'error', show: ({ consoleLines }) => consoleLines.stderrFrom, wrong: 'loud' },
  'console.maxLineBytes': { right: 8191, show: ({ consoleLines }) => consoleLines.maxLineBytes, wrong: 5 },
  file: {
    right: '/var/log/b.log',
    show: ({ files }) => files.map(({ path }) => path),
    resolved: ['/var/log/b.log'],
    wrong: 5,
    wrongTexts: { LOGFLUME_FILE: '[5]' },
  },
  'file.path': { right: '/var/log/b.log', wrong: '' },
  'file.format': { right: 'logfmt', wrong: 'xml' },
  'file.level': { right: 'error', wrong: 'loud' },
  'file.maxBytes': count(65_536, 5),
  'file.maxAgeMs': count(60_000, 5),
  'file.maxFiles': count(2, 1),
  'file.maxLineBytes': count(8191, 5),
  redact: {
    right: ['password'],
    wrong: 5,
    rightTexts: { LOGFLUME_REDACT: 'password' },
    wrongTexts: { LOGFLUME_REDACT: '[5]' },
  },
  'redact.keys': { right: ['password'], wrong: ['*_token'] },
  'redact.paths': { right: ['user.password'], wrong: ['user..password'] },
  'redact.values': { right: true, wrong: 'all' },
  'redact.replacement': { right: '***', wrong: 5 },
  'limits.maxAttributes': count(64),
  'limits.maxValueLength': count(4096),
  'exit.handleSignals': { right: false, wrong: 'maybe' },
  'exit.timeoutMs': count(8000, 0),
  'sampling.ratio': count(0.25, 2),
  'sampling.levels': { right: 'debug=0.1', resolved: { debug: 0.1 }, wrong: { loud: 0.1 } },
  'sampling.loggers': { right: { db: 0.1, 'http.in': 1 }, wrong: 'db=2' },
  'repeats.windowMs': count(10_000, 0),
  'repeats.maxMessages': {
    ...count(100, 0),
    partner: { windowMs: 1000 },
    partnerTexts: { LOGFLUME_REPEATS_WINDOW_MS: '1000' },
  },
  'rateLimit.recordsPerSecond': count(0.5, 0),
  'rateLimit.burstRecords': { ...count(1000, 0), ...withRate },
  'rateLimit.by': { right: 'message', wrong: 'level', ...withRate },
  'rateLimit.upTo': { right: 'error', wrong: 'off', ...withRate },
  processors: { right: [call], wrong: 5, codeOnly: true },
  onDiagnostic: { right: call, wrong: 5, codeOnly: true },
};
