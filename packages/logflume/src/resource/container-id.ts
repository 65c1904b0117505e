/** What the kernel says about the container a process runs in. */
export interface ContainerFiles {
  /** `/proc/self/cgroup`; `undefined` where there is none. */
  readonly cgroup: string | undefined;
  /** `/proc/self/mountinfo` */
  readonly mountinfo: string | undefined;
}

/** A mount: what of a file system stands where. */
interface Mount {
  readonly root: string;
  readonly point: string;
}

const uuid = '[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}';

/**
 * Finds the id of the container this process runs in: 64 hex digits.
 *
 * The control group names it where the process sees its own (version 1, or version 2 without a namespace of its own).
 * Otherwise the files that Docker and Podman mount into a container lie in a folder named after it. In a pod these belong
 * to the sandbox, which all its containers share, so there they are not looked at: no id is better than a wrong one.
 */
export function findContainerId({ cgroup, mountinfo }: ContainerFiles): string | undefined {
  for (const line of (cgroup ?? '').split('\n')) {
    const ids = line.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g);
    if (ids !== null) return ids.at(-1);
  }
  const mounts = readMounts(mountinfo);
  if (findPod({ cgroup, mountinfo }).uid !== undefined) return undefined;
  for (const { root, point } of mounts) {
    if (point !== '/etc/hostname' && point !== '/etc/hosts' && point !== '/etc/resolv.conf') continue;
    const id = /\/(?:overlay-)?containers\/([0-9a-f]{64})\//.exec(root)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** What the kubelet's mounts and control groups tell of the pod: its uid, and this container's name in it. */
export function findPod({ cgroup, mountinfo }: ContainerFiles): {
  readonly uid: string | undefined;
  readonly containerName: string | undefined;
} {
  const mounts = readMounts(mountinfo);
  const hosts = mounts.find(({ point }) => point === '/etc/hosts')?.root ?? '';
  const log = mounts.find(({ point }) => point === '/dev/termination-log')?.root ?? '';
  // A static pod's uid is 32 digits without hyphens.
  const ofHosts = new RegExp(`/pods/(${uuid}|[0-9a-f]{32})/etc-hosts$`).exec(hosts)?.[1];
  const ofLog = new RegExp(`/pods/(${uuid}|[0-9a-f]{32})/containers/([^/]+)/[^/]+$`).exec(log);
  const ofGroup = new RegExp(`pod(${uuid}|[0-9a-f]{32})(?![0-9a-f])`).exec(cgroup ?? '')?.[1];
  return { uid: (ofHosts ?? ofLog?.[1] ?? ofGroup)?.replaceAll('_', '-'), containerName: ofLog?.[2] };
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
function readMounts(mountinfo: string | undefined): readonly Mount[] {
  return (mountinfo ?? '').split('\n').flatMap((line) => {
    const [, , , root, point] = line.split(' ');
    return root === undefined || point === undefined ? [] : [{ root, point }];
  });
}
