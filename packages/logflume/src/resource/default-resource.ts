import type { SettingSource } from '../config/diagnostic.ts';
import type { Setting } from '../config/env-reader.ts';
import type { Attributes } from '../logger.ts';
import type { Detected } from './kubernetes-attributes.ts';
import { sdkVersion } from './sdk-version.ts';

/** What the process and the machine know about themselves. */
export interface ResourceFacts {
  /** `process.argv0`: how the program was called, possibly a path. */
  readonly argv0: string;
  readonly hostname: string;
  readonly pid: number;
  /** Node's version without the leading `v`. */
  readonly nodeVersion: string;
  /** A random UUID, such as `crypto.randomUUID`; called at most once per resource. */
  readonly randomUuid: () => string;
  /** What container, pod and machine say of themselves, each attribute once; called at most once per resource. */
  readonly surroundings?: (() => readonly Detected[]) | undefined;
}

/** What the environment says about the resource. */
export interface ResourceEnvironment {
  /** `OTEL_SERVICE_NAME` */
  readonly serviceName: Setting<string> | undefined;
  /** `OTEL_RESOURCE_ATTRIBUTES` */
  readonly resourceAttributes: Setting<ReadonlyMap<string, string>> | undefined;
  /** Of configuration files, the weaker ones first. */
  readonly resourceOfFile: readonly (readonly [string, Setting<unknown>])[];
}

/** Attributes of the process, and where each came from. */
export interface DetectedResource {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** By attribute name. */
  readonly sources: Readonly<Record<string, SettingSource>>;
}

/**
 * Describes the process that logs. From the weakest to the strongest: what can be detected,
 * configuration files, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`, code. A stronger value wins even if it is empty; `undefined` in
 * code leaves the weaker one. Pure but for the functions of `facts`.
 *
 * The command line is left out: it may hold secrets.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/resource/
 */
export function detectResource(env: ResourceEnvironment, code: Attributes, facts: ResourceFacts): DetectedResource {
  const attributes = new Map<string, unknown>();
  const sources = new Map<string, SettingSource>();
  const lay = (name: string, value: unknown, source: SettingSource): void => {
    attributes.set(name, value);
    sources.set(name, source);
  };
  for (const [name, value] of detected(facts)) lay(name, value, 'default');
  for (const [name, value, source] of facts.surroundings?.() ?? []) lay(name, value, source);
  for (const [name, { value, source }] of env.resourceOfFile) lay(name, value, source);
  for (const [name, value] of env.resourceAttributes?.value ?? []) {
    lay(name, value, env.resourceAttributes?.source ?? 'default');
  }
  if (env.serviceName !== undefined) lay('service.name', env.serviceName.value, env.serviceName.source);
  for (const [name, value] of Object.entries(code)) {
    if (value !== undefined) lay(name, value, 'code');
  }
  return { attributes: Object.fromEntries(attributes), sources: Object.fromEntries(sources) };
}

function detected(facts: ResourceFacts): readonly (readonly [string, unknown])[] {
  return [
    ['service.name', `unknown_service:${fileNameOf(facts.argv0) || 'node'}`],
    ['service.instance.id', facts.randomUuid()],
    // `opentelemetry` as a name is reserved for the official SDK.
    ['telemetry.sdk.name', 'logflume'],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.version', sdkVersion],
    ['host.name', facts.hostname],
    ['process.pid', facts.pid],
    ['process.runtime.name', 'nodejs'],
    ['process.runtime.version', facts.nodeVersion],
  ];
}

/** Of a path in either style. */
function fileNameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
