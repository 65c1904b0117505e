import type { SettingSource } from '../config/diagnostic.ts';
import type { EnvironmentVariables } from '../config/env-reader.ts';
import { isUnexpanded } from '../config/unexpanded.ts';
import { type ContainerFiles, findContainerId, findPod } from './container-id.ts';

/** An attribute that was found, and where. */
export type Detected = readonly [name: string, value: unknown, source: SettingSource];

/** What detecting looks at: nothing but variables and files, least of all the API server. */
export interface Surroundings {
  readonly env: EnvironmentVariables;
  /** Text of a small file; `undefined` for whatever reason it cannot be had. Must not throw. */
  readonly readFile: (path: string) => string | undefined;
}

/** Where a volume of the downward API is mounted by convention. */
const podInfo = '/etc/podinfo';
const accountNamespace = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Names nobody else gives a meaning to count everywhere; plain ones only inside a cluster. */
const variables: Readonly<Record<string, { readonly own: readonly string[]; readonly plain: readonly string[] }>> = {
  'k8s.pod.name': { own: ['OTEL_RESOURCE_ATTRIBUTES_POD_NAME', 'K8S_POD_NAME'], plain: ['POD_NAME'] },
  'k8s.pod.uid': { own: ['OTEL_RESOURCE_ATTRIBUTES_POD_UID', 'K8S_POD_UID'], plain: ['POD_UID'] },
  'k8s.namespace.name': { own: ['K8S_NAMESPACE_NAME'], plain: ['POD_NAMESPACE', 'NAMESPACE'] },
  'k8s.node.name': { own: ['OTEL_RESOURCE_ATTRIBUTES_NODE_NAME', 'K8S_NODE_NAME'], plain: ['NODE_NAME'] },
  'k8s.container.name': { own: ['K8S_CONTAINER_NAME'], plain: ['CONTAINER_NAME'] },
  'k8s.pod.ip': { own: ['OTEL_POD_IP'], plain: ['POD_IP'] },
};

/**
 * Finds out which container and pod this is, without asking anybody: variables of the downward API by their usual names, a
 * volume of it at `/etc/podinfo`, the service account's namespace, the host name, and what the kernel says.
 *
 * @returns the strongest value for each attribute; nothing that is not known.
 */
export function detectKubernetes({ env, readFile }: Surroundings): readonly Detected[] {
  const files: ContainerFiles = { cgroup: readFile('/proc/self/cgroup'), mountinfo: readFile('/proc/self/mountinfo') };
  const pod = findPod(files);
  const isInCluster = textOf(env['KUBERNETES_SERVICE_HOST']) !== undefined || pod.uid !== undefined;
  const found: Detected[] = [];
  const add = (name: string, value: string | undefined, source: SettingSource): void => {
    if (value !== undefined && !found.some(([other]) => other === name)) found.push([name, value, source]);
  };
  for (const [attribute, { own, plain }] of Object.entries(variables)) {
    for (const name of isInCluster ? [...own, ...plain] : own) {
      add(attribute, textOf(env[name]), `environment ${name}`);
    }
  }
  if (isInCluster) {
    for (const [attribute, file] of [
      ['k8s.pod.name', 'name'],
      ['k8s.pod.uid', 'uid'],
      ['k8s.namespace.name', 'namespace'],
    ] as const) {
      add(attribute, textOf(readFile(`${podInfo}/${file}`)), `file ${podInfo}/${file}`);
    }
    add('k8s.namespace.name', textOf(readFile(accountNamespace)), `file ${accountNamespace}`);
    // With the host's network the host name is the node's, and the kubelet does not write the file.
    if (readFile('/etc/hosts')?.startsWith('# Kubernetes-managed hosts file') === true) {
      add('k8s.pod.name', textOf(env['HOSTNAME']), 'environment HOSTNAME');
    }
    add('k8s.pod.uid', pod.uid, 'file /proc/self/mountinfo');
    add('k8s.container.name', pod.containerName, 'file /proc/self/mountinfo');
    found.push(...describedByMetadata(readFile));
  }
  const id = findContainerId(files);
  if (id !== undefined) found.push(['container.id', id, 'file /proc/self/cgroup']);
  return found;
}

/**
 * What labels and annotations of the pod say by convention, where a volume of the downward API shows them.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/non-normative/k8s-attributes/
 */
function describedByMetadata(readFile: Surroundings['readFile']): readonly Detected[] {
  const labels = parseMetadata(readFile(`${podInfo}/labels`));
  const annotations = parseMetadata(readFile(`${podInfo}/annotations`));
  const found = new Map<string, Detected>();
  const label = (name: string, ...keys: readonly string[]): void => {
    const value = keys.map((key) => labels.get(`app.kubernetes.io/${key}`)).find((text) => text !== undefined);
    if (value !== undefined) found.set(name, [name, value, `file ${podInfo}/labels`]);
  };
  label('service.name', 'instance', 'name');
  label('service.version', 'version');
  for (const [key, value] of annotations) {
    const name = /^resource\.opentelemetry\.io\/(.+)$/.exec(key)?.[1];
    if (name !== undefined) found.set(name, [name, value, `file ${podInfo}/annotations`]);
  }
  return [...found.values()];
}

/** Lines of `key="value"`, the value quoted as in Go. */
function parseMetadata(text: string | undefined): ReadonlyMap<string, string> {
  const entries = (text ?? '').split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    if (at <= 0) return [];
    try {
      const value: unknown = JSON.parse(line.slice(at + 1));
      return typeof value === 'string' && value !== '' ? [[line.slice(0, at), value] as const] : [];
    } catch {
      return []; // Go's quotes have escapes JSON does not know; such a value is left out.
    }
  });
  return new Map(entries);
}

/** A value that says something: not blank, and not a reference Kubernetes left standing. */
function textOf(value: string | undefined): string | undefined {
  const text = value?.trim() ?? '';
  return text === '' || isUnexpanded(text) ? undefined : text;
}
