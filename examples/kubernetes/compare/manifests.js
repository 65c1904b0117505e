import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** What the downward API says of the pod that is played here. */
const fields = {
  'metadata.name': 'counter-0',
  'metadata.uid': '5d6b4f0c-0000-4000-8000-000000000001',
  'metadata.namespace': 'default',
  'spec.nodeName': 'node-1',
};

/**
 * What a manifest gives to the container of the application: its variables, as they stand there, and the text of a
 * configuration file; besides the commands of its sidecars.
 */
export function readManifest(name) {
  const text = readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS());
  const pods = objects.flatMap(({ kind, spec }) => (kind === 'Pod' ? [spec] : (spec?.template?.spec ?? [])));
  const container = pods.flatMap((pod) => pod.containers).find(({ command }) => command?.[0] === 'node');
  const find = (kind, wanted) => objects.find((object) => object.kind === kind && object.metadata.name === wanted);
  const textOf = ({ value, valueFrom }) => {
    if (value !== undefined) return value;
    const { fieldRef, secretKeyRef } = valueFrom;
    return fieldRef ? fields[fieldRef.fieldPath] : find('Secret', secretKeyRef.name).stringData[secretKeyRef.key];
  };
  return {
    variables: Object.fromEntries(container.env.map((entry) => [entry.name, textOf(entry)])),
    configFile: objects.find(({ kind }) => kind === 'ConfigMap')?.data['logflume.yaml'],
    sidecars: pods.flatMap((pod) => pod.initContainers ?? []).map(({ command }) => command),
  };
}
