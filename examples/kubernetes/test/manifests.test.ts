import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { resolveOptions } from '../../../packages/logflume/src/config/resolve-options.ts';
import { readManifest } from '../compare/manifests.js';
import { checkManifests, type Manifest } from './check-manifests.ts';

const folders = ['node-agent', 'sidecar', 'direct'];
const manifests: readonly Manifest[] = folders.flatMap((folder) =>
  readdirSync(new URL(`../${folder}/`, import.meta.url)).flatMap((name) => {
    const text = readFileSync(new URL(`../${folder}/${name}`, import.meta.url), 'utf8');
    return parseAllDocuments(text).map((document) => {
      expect(document.errors).toEqual([]);
      return { file: `${folder}/${name}`, object: document.toJS() as Manifest['object'] };
    });
  }),
);

/** Every object inside, however deep. */
function* within(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const member of Object.values(value)) yield* within(member);
}

const all = manifests.flatMap(({ object }) => [...within(object)]);
const namesOf = (kind: string): readonly unknown[] =>
  manifests
    .filter(({ object }) => object['kind'] === kind)
    .map(({ object }) => Reflect.get(Object(object['metadata']), 'name'));

describe('the manifests', () => {
  it('are what the OpenAPI of Kubernetes says, key by key', async () => {
    expect(await checkManifests(manifests)).toEqual([]);
  }, 120_000);

  it('would not pass with a translated key, an old version, or a value of another kind', async () => {
    const metadata = { name: 'x' };
    const template = { metadata: {}, spec: { containers: [{ name: 'a', image: 'a' }] } };
    const spec = { selector: {}, template };
    const wrong: readonly Manifest[] = [
      { file: 'translated', object: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { Contenedores: [] } } },
      { file: 'old', object: { apiVersion: 'extensions/v1beta1', kind: 'DaemonSet', metadata, spec } },
      {
        file: 'kind',
        object: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { ...spec, minReadySeconds: '5' } },
      },
      { file: 'missing', object: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { template } } },
    ];
    const said = await checkManifests(wrong);
    // Refused for what they are, not because there was nothing to hold them against.
    expect(said.filter((line) => line.includes('Cannot find module'))).toEqual([]);
    expect(wrong.filter(({ file }) => !said.some((line) => line.includes(`${file}-`)))).toEqual([]);
  }, 120_000);

  it('refer to nothing that is not there', () => {
    const refer = (key: string): readonly unknown[] =>
      all.flatMap((object) => {
        const named = object[key];
        return typeof named === 'object' && named !== null && 'name' in named ? [named.name] : [];
      });
    expect(refer('configMap').filter((name) => !namesOf('ConfigMap').includes(name))).toEqual([]);
    expect(refer('secretKeyRef').filter((name) => !namesOf('Secret').includes(name))).toEqual([]);
    const accounts = all.flatMap((object) => object['serviceAccountName'] ?? []);
    expect(accounts.filter((name) => !namesOf('ServiceAccount').includes(name))).toEqual([]);
    for (const object of all) {
      const volumes = object['volumes'];
      if (!Array.isArray(volumes)) continue;
      const known = volumes.map((volume) => volume.name);
      const mounted = [...within(object)].flatMap((inner) => inner['volumeMounts'] ?? []);
      expect(mounted.filter((mount) => !known.includes(Reflect.get(Object(mount), 'name')))).toEqual([]);
    }
  });

  it('name images without a registry, bound memory, and use no alias that is deprecated', () => {
    const images = all.flatMap((object) => (typeof object['image'] === 'string' ? [object['image']] : []));
    expect(images.filter((image) => /^[^/]*[.:][^/]*\//.test(image))).toEqual([]);
    const unbounded = all.filter((object) => 'image' in object && !JSON.stringify(object).includes('"limits"'));
    expect(unbounded).toEqual([]);
    expect(all.filter((object) => 'serviceAccount' in object)).toEqual([]);
  });
});

/** What each model is there to show; a manifest may be rewritten, but not without it. */
describe('the manifests show', () => {
  const ofModel = (folder: string) =>
    manifests.filter(({ file }) => file.startsWith(`${folder}/`)).map(({ object }) => object);
  const one = (folder: string, kind: string) => ofModel(folder).find((object) => object['kind'] === kind);

  it.each([
    ['node-agent', 'ServiceAccount', { metadata: { name: 'fluentd' } }],
    ['node-agent', 'ClusterRole', { rules: [{ resources: ['pods', 'namespaces'], verbs: ['get', 'list', 'watch'] }] }],
    ['node-agent', 'ClusterRoleBinding', { roleRef: { name: 'fluentd' }, subjects: [{ name: 'fluentd' }] }],
    ['node-agent', 'ConfigMap', { data: { 'fluent.conf': expect.stringContaining('@type cri') } }],
    [
      'node-agent',
      'DaemonSet',
      { apiVersion: 'apps/v1', spec: { template: { spec: { serviceAccountName: 'fluentd' } } } },
    ],
    ['sidecar', 'Pod', { spec: { initContainers: [{ restartPolicy: 'Always' }, { restartPolicy: 'Always' }] } }],
    ['direct', 'Service', { spec: { clusterIP: 'None' } }],
    ['direct', 'Secret', { stringData: { headers: expect.stringMatching(/^authorization=/) } }],
    ['direct', 'ConfigMap', { data: { 'logflume.yaml': expect.stringContaining('level: info') } }],
    ['direct', 'Deployment', { spec: { template: { spec: { terminationGracePeriodSeconds: 30 } } } }],
  ])('for %s a %s: %j', (folder, kind, what) => {
    expect(one(folder, kind)).toMatchObject(what);
  });

  it('for the sidecar two files in two formats, each repeated by one of its own', () => {
    const { variables, sidecars } = readManifest('sidecar/counter.yaml');
    const files: { path: string; format: string }[] = JSON.parse(variables['LOGFLUME_FILE'] ?? '');
    expect(files.map(({ format }) => format)).toEqual(['logfmt', 'json']);
    expect(files.map(({ path }, index) => sidecars[index]?.join(' ').includes(`-F ${path}`))).toEqual([true, true]);
  });

  it('for direct the gateway by its headless name, headers of a Secret, and who is logging by the downward API', () => {
    const { variables } = readManifest('direct/app.yaml');
    const service = one('direct', 'Service')?.['metadata'] as { readonly name: string; readonly namespace: string };
    const host = `${service.name}.${service.namespace}.svc.cluster.local`;
    expect(variables).toMatchObject({
      LOGFLUME_ENDPOINTS: `dns+http://${host}:4318`,
      OTEL_EXPORTER_OTLP_HEADERS: expect.stringMatching(/^authorization=/),
      POD_NAME: 'counter-0',
      POD_UID: expect.any(String),
      POD_NAMESPACE: 'default',
      NODE_NAME: 'node-1',
    });
    expect(JSON.stringify(one('direct', 'Deployment'))).toContain('"preStop":{"sleep":{"seconds":5}}');
  });
});

describe('the configuration of the application in them', () => {
  const containers = all.filter(({ command }) => Array.isArray(command) && command[0] === 'node');
  const file = manifests
    .map(({ object }) => Reflect.get(Object(object['data']), 'logflume.yaml'))
    .find((text) => typeof text === 'string');

  it.each(containers.map((container, index) => [index, container] as const))(
    'is understood, with nothing to say about it: container %i',
    (_, { env }) => {
      expect(Array.isArray(env)).toBe(true);
      const list = env as readonly { readonly name: string; readonly value?: string }[];
      const variables = Object.fromEntries(
        list.map(({ name, value }) => [
          name,
          value ?? (name.endsWith('HEADERS') ? 'authorization=x' : 'from elsewhere'),
        ]),
      );
      const { diagnostics, output } = resolveOptions({}, variables, {
        isTTY: false,
        hasZstd: false,
        readFile: () => String(file),
        resource: { argv0: 'node', hostname: 'h', pid: 1, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
      });
      expect(diagnostics).toEqual([]);
      expect(output).not.toBe('none');
    },
  );

  it('drains in less than the grace that is left after preStop, with two seconds to spare', () => {
    const pod = all.find(
      (object) => 'terminationGracePeriodSeconds' in object && JSON.stringify(object).includes('LOGFLUME_CONFIG'),
    );
    const graceMs = Number(pod?.['terminationGracePeriodSeconds']) * 1000;
    const preStopMs = Number(/"sleep":\{"seconds":(\d+)\}/.exec(JSON.stringify(pod))?.[1]) * 1000;
    const drainMs = Number(/exit: \{ timeoutMs: (\d+) \}/.exec(String(file))?.[1]);
    expect(drainMs).toBeGreaterThan(0);
    expect(drainMs + preStopMs + 2000).toBeLessThan(graceMs);
  });
});
