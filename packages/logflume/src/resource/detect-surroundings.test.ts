import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnvironmentVariables } from '../config/env-reader.ts';
import { detectSurroundings, readSmallFile, runDetectors } from './detect-surroundings.ts';
import type { Detected } from './kubernetes-attributes.ts';

const machine = { platform: 'linux', arch: 'x64', release: '6.8.0', execPath: '/usr/local/bin/node' };
const uid = '0f6b7c1e-3c9d-4a51-8f0e-5d2a7b9c1e34';
const cluster = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };

type Files = Readonly<Record<string, string>>;

function detect(env: EnvironmentVariables, files: Files = {}, facts: Partial<typeof machine> = {}) {
  const around = { env, readFile: (path: string) => files[path] };
  const found = detectSurroundings({ ...machine, ...facts }, around, () => 0);
  return {
    values: Object.fromEntries(found.map(([name, value]) => [name, value])),
    sources: Object.fromEntries(found.map(([name, , source]) => [name, source])),
  };
}

const proc = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/proc/${name}`, import.meta.url), 'utf8');

/** What is found in a pod beside what the machine is. */
function podOf(env: EnvironmentVariables, files: Files = {}): Readonly<Record<string, unknown>> {
  const { values } = detect(env, files);
  return Object.fromEntries(Object.entries(values).filter(([name]) => /^(k8s|service|container|team)/.test(name)));
}

describe('the machine', () => {
  it('is named by the words of the semantic conventions, without arguments of the process', () => {
    expect(detect({}).values).toEqual({
      'host.arch': 'amd64',
      'os.type': 'linux',
      'os.version': '6.8.0',
      'process.executable.name': 'node',
      'process.runtime.description': 'Node.js',
    });
    const windows = { platform: 'win32', arch: 'arm64', execPath: 'C:\\node\\node.exe' };
    expect(detect({}, {}, windows).values).toMatchObject({
      'host.arch': 'arm64',
      'os.type': 'windows',
      'process.executable.name': 'node.exe',
    });
  });

  it('has an id, unless the file is that of an image', () => {
    const files = { '/etc/machine-id': '0123456789abcdef0123456789abcdef\n' };
    expect(detect({}, files).values['host.id']).toBe('0123456789abcdef0123456789abcdef');
    expect(detect({}, { '/etc/machine-id': 'uninitialized\n' }).values).not.toHaveProperty(['host.id']);
    expect(detect(cluster, { ...files, '/proc/self/cgroup': proc('v1-kubepods.cgroup') }).values).not.toHaveProperty([
      'host.id',
    ]);
    expect(detect({}, { ...files, '/.dockerenv': '' }).values).not.toHaveProperty(['host.id']);
  });
});

describe('a pod', () => {
  const downward = {
    ...cluster,
    POD_NAME: 'checkout-7d4b9c-x2x9p',
    POD_UID: uid,
    POD_NAMESPACE: 'shop',
    NODE_NAME: 'node-3',
    CONTAINER_NAME: 'app',
    POD_IP: '10.1.2.3',
  };

  it('is known by the usual variables of the downward API', () => {
    expect(podOf(downward)).toEqual({
      'k8s.pod.name': 'checkout-7d4b9c-x2x9p',
      'k8s.pod.uid': uid,
      'k8s.namespace.name': 'shop',
      'k8s.node.name': 'node-3',
      'k8s.container.name': 'app',
      'k8s.pod.ip': '10.1.2.3',
    });
    expect(detect(downward).sources['k8s.pod.name']).toBe('environment POD_NAME');
  });

  it('is not seen where plain names mean something else', () => {
    const { KUBERNETES_SERVICE_HOST: _, ...elsewhere } = downward;
    expect(podOf({ ...elsewhere, NAMESPACE: 'app', K8S_NODE_NAME: 'mine' })).toEqual({ 'k8s.node.name': 'mine' });
  });

  it('counts a reference Kubernetes could not expand, and a blank, as unset', () => {
    const env = { ...cluster, K8S_POD_NAME: '$(MY_POD)', POD_NAME: 'checkout-1', NODE_NAME: ' ', POD_IP: '$(IP)' };
    expect(podOf(env)).toEqual({ 'k8s.pod.name': 'checkout-1' });
  });

  it('is named by the operator first, then our own name, then the plain one', () => {
    const all = { OTEL_RESOURCE_ATTRIBUTES_POD_NAME: 'a', K8S_POD_NAME: 'b', POD_NAME: 'c' };
    const { OTEL_RESOURCE_ATTRIBUTES_POD_NAME: _, ...two } = all;
    const name = (env: EnvironmentVariables) => podOf({ ...cluster, ...env })['k8s.pod.name'];
    expect([name(all), name(two), name({ POD_NAME: 'c' })]).toEqual(['a', 'b', 'c']);
  });

  it('is known without any variable by what the kubelet and the kernel show', () => {
    const files = {
      '/proc/self/cgroup': proc('v2-private.cgroup'),
      '/proc/self/mountinfo': proc('pod-containerd.mountinfo'),
      '/var/run/secrets/kubernetes.io/serviceaccount/namespace': 'shop',
      '/etc/hosts': '# Kubernetes-managed hosts file.\n127.0.0.1 localhost\n',
    };
    expect(podOf({ HOSTNAME: 'checkout-1' }, files)).toEqual({
      'k8s.pod.name': 'checkout-1',
      'k8s.pod.uid': uid,
      'k8s.namespace.name': 'shop',
      'k8s.container.name': 'checkout',
    });
  });

  it('is not named after its node when it has the network of the host', () => {
    const files = { '/etc/hosts': '127.0.0.1 localhost\n' };
    expect(podOf({ ...cluster, HOSTNAME: 'node-3' }, files)).toEqual({});
  });

  it('is described by a volume of the downward API, labels and annotations included', () => {
    const files = {
      '/etc/podinfo/name': 'checkout-1\n',
      '/etc/podinfo/namespace': 'shop',
      '/etc/podinfo/uid': uid,
      '/etc/podinfo/labels':
        'app.kubernetes.io/instance="checkout-eu"\napp.kubernetes.io/name="checkout"\napp.kubernetes.io/version="1.2.3"\nteam="a"',
      '/etc/podinfo/annotations': 'resource.opentelemetry.io/team.name="pay \\"eu\\""\nother="x"\nbad="\\x"\n',
    };
    expect({ ...podOf(cluster, files), ...detect(cluster, files).values }).toMatchObject({
      'k8s.pod.name': 'checkout-1',
      'k8s.namespace.name': 'shop',
      'k8s.pod.uid': uid,
      'service.name': 'checkout-eu',
      'service.version': '1.2.3',
      'team.name': 'pay "eu"',
    });
  });

  it('is a matter of Linux alone', () => {
    expect(detect(downward, {}, { platform: 'win32' }).values).not.toHaveProperty(['k8s.pod.name']);
  });
});

describe('runDetectors', () => {
  const found: readonly Detected[] = [['a', 1, 'default']];

  it('passes over one that throws', () => {
    const broken = () => {
      throw new Error('broken');
    };
    expect(runDetectors([broken, () => found], () => 0)).toEqual(found);
  });

  it('leaves out the others when one took the time of all', () => {
    let nowMs = 0;
    const slow = (): readonly Detected[] => {
      nowMs += 100;
      return found;
    };
    expect(runDetectors([slow, () => [['b', 2, 'default']]], () => nowMs)).toEqual(found);
  });

  it('keeps the first of two values', () => {
    expect(runDetectors([() => found, () => [['a', 2, 'default']]], () => 0)).toEqual(found);
  });
});

describe('readSmallFile', () => {
  it('reads a file, of the kernel too, and nothing that could make it wait', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flume-'));
    try {
      writeFileSync(join(folder, 'a'), 'text');
      expect(readSmallFile(join(folder, 'a'))).toBe('text');
      expect(readSmallFile(folder)).toBeUndefined();
      expect(readSmallFile(join(folder, 'none'))).toBeUndefined();
      if (process.platform === 'linux') {
        expect(readSmallFile('/proc/self/mountinfo')).toContain(' / ');
        execFileSync('mkfifo', [join(folder, 'pipe')]);
        expect(readSmallFile(join(folder, 'pipe'))).toBeUndefined();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
