import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectResource, type ResourceEnvironment, type ResourceFacts } from './default-resource.ts';
import { sdkVersion } from './sdk-version.ts';

const facts: ResourceFacts = {
  argv0: '/usr/bin/node',
  hostname: 'web-1',
  pid: 42,
  nodeVersion: '20.20.2',
  randomUuid: () => '4f9c5b1e-0000-4000-8000-000000000000',
};
const nothing: ResourceEnvironment = {
  serviceName: undefined,
  resourceAttributes: undefined,
  resourceOfFile: [],
};
const environment: ResourceEnvironment = {
  serviceName: { value: 'from name', source: 'environment OTEL_SERVICE_NAME' },
  resourceAttributes: {
    value: new Map(Object.entries({ 'service.name': 'from attributes', 'service.version': '1.0', 'host.name': '' })),
    source: 'environment OTEL_RESOURCE_ATTRIBUTES',
  },
  resourceOfFile: [],
};

describe('detectResource', () => {
  it('describes the process', () => {
    expect(detectResource(nothing, {}, facts).attributes).toEqual({
      'service.name': 'unknown_service:node',
      'service.instance.id': '4f9c5b1e-0000-4000-8000-000000000000',
      'telemetry.sdk.name': 'logflume',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': sdkVersion,
      'host.name': 'web-1',
      'process.pid': 42,
      'process.runtime.name': 'nodejs',
      'process.runtime.version': '20.20.2',
    });
  });

  it.each([
    ['node', 'node'],
    ['C:\\Program Files\\nodejs\\node.exe', 'node.exe'],
    ['', 'node'],
  ])('makes a service name of the program %j', (argv0, program) => {
    const { attributes } = detectResource(nothing, {}, { ...facts, argv0 });
    expect(attributes['service.name']).toBe(`unknown_service:${program}`);
  });

  it('lays the environment over what it detected, even an empty value, and the service name over the list', () => {
    const { attributes, sources } = detectResource(environment, {}, facts);
    expect(attributes).toMatchObject({ 'service.name': 'from name', 'service.version': '1.0', 'host.name': '' });
    expect(sources).toMatchObject({
      'service.name': 'environment OTEL_SERVICE_NAME',
      'service.version': 'environment OTEL_RESOURCE_ATTRIBUTES',
      'process.pid': 'default',
    });
  });

  it('takes the service name of the list when nothing names it better', () => {
    const { attributes } = detectResource({ ...environment, serviceName: undefined }, {}, facts);
    expect(attributes['service.name']).toBe('from attributes');
  });

  it('lays code over everything, but for what is undefined there', () => {
    const code = { 'service.name': 'from code', 'service.version': undefined, team: ['a', 'b'] };
    const { attributes, sources } = detectResource(environment, code, facts);
    expect(attributes).toMatchObject({ 'service.name': 'from code', 'service.version': '1.0', team: ['a', 'b'] });
    expect(sources['service.name']).toBe('code');
  });
});

it('sends the version of this package', () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(manifest).toMatchObject({ version: sdkVersion });
});
