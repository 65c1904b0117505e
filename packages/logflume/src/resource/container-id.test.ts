import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findContainerId, findPod } from './container-id.ts';

const container = '3f1a9c0d7e5b2468a0c4e8f1b3d5796082a4c6e8f0b1d3957bdf02468ace1357';
const uid = '0f6b7c1e-3c9d-4a51-8f0e-5d2a7b9c1e34';

function fixture(name: string): string | undefined {
  return name === '' ? undefined : readFileSync(new URL(`../../test/fixtures/proc/${name}`, import.meta.url), 'utf8');
}

interface Expected {
  readonly id?: string;
  readonly pod?: string;
  readonly name?: string;
}

const pod = { pod: uid, name: 'checkout' };

describe.each<[string, string, string, Expected]>([
  ['cgroup v1, docker', 'v1-docker.cgroup', 'docker.mountinfo', { id: container }],
  ['cgroup v1, a pod', 'v1-kubepods.cgroup', '', { id: container, pod: uid }],
  ['cgroup v1, a pod by systemd, containerd', 'v1-systemd-containerd.cgroup', '', { id: container, pod: uid }],
  ['cgroup v1, a pod in the slice of containerd', 'v1-nested-containerd.cgroup', '', { id: container, pod: uid }],
  ['cgroup v1, a pod of cri-o', 'v1-crio.cgroup', 'pod-crio.mountinfo', { id: container, ...pod }],
  ['cgroup v2 as the host sees it', 'v2-host-namespace.cgroup', 'pod-containerd.mountinfo', { id: container, ...pod }],
  ['cgroup v2, docker by systemd', 'v2-docker-systemd.cgroup', '', { id: container }],
  ['cgroup v2, podman', 'v2-podman.cgroup', '', { id: container }],
  ['cgroup v2 of its own, docker', 'v2-private.cgroup', 'docker.mountinfo', { id: container }],
  ['cgroup v2 of its own, podman', 'v2-private.cgroup', 'podman.mountinfo', { id: container }],
  ['cgroup v2 of its own, a pod of containerd', 'v2-private.cgroup', 'pod-containerd.mountinfo', pod],
  ['cgroup v2 of its own, a pod of cri-o', 'v2-private.cgroup', 'pod-crio.mountinfo', pod],
  ['cgroup v2 of its own, a pod of docker', 'v2-private.cgroup', 'pod-docker.mountinfo', pod],
  ['no container', 'host.cgroup', 'host.mountinfo', {}],
  ['nothing to read', '', '', {}],
])('%s', (_, cgroup, mountinfo, expected) => {
  const files = { cgroup: fixture(cgroup), mountinfo: fixture(mountinfo) };

  it('gives the id of the container, and never that of the sandbox', () => {
    expect(findContainerId(files)).toBe(expected.id);
  });

  it('gives what is known of the pod', () => {
    expect(findPod(files)).toEqual({ uid: expected.pod, containerName: expected.name });
  });
});

it('takes no longer and no shorter run of digits for an id', () => {
  for (const id of [container.slice(1), `${container}0`, container.toUpperCase()]) {
    expect(findContainerId({ cgroup: `0::/docker/${id}\n`, mountinfo: undefined })).toBeUndefined();
  }
});

it('takes the uid of a static pod, which has no hyphens', () => {
  const plain = uid.replaceAll('-', '');
  expect(findPod({ cgroup: `0::/kubepods/pod${plain}/${container}\n`, mountinfo: undefined }).uid).toBe(plain);
});
