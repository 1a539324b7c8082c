import { join } from 'node:path';
import { cacheFolder, findOnPath, isExecutable } from '../system/places.ts';

/** Of what is built from Go modules, and of the images made of it. */
export const VERSIONS = {
  kubernetes: '1.35.4',
  helm: '3.22.0',
  dapr: '1.18.2',
  coredns: '1.15.0',
  'metrics-server': '0.9.0',
} as const;

type Project = keyof typeof VERSIONS;

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
const DEBIAN_PACKAGES = 'etcd-server containerd runc containernetworking-plugins iptables iproute2 openssl debootstrap';

/** A program of a Go project, built without CGO. Throws when it has not been. */
export function goProgram(project: Project, name: string): string {
  const file = join(cacheFolder(), 'go', `${project}-${VERSIONS[project]}`, name);
  if (!isExecutable(file)) throw new Error(`${name} of ${project} ${VERSIONS[project]} has not been built as ${file}`);
  return file;
}

/** A program of this machine. Throws with the packages that bring all of them. */
export function systemProgram(name: string): string {
  const file = findOnPath(name, SYSTEM_FOLDERS);
  if (file === undefined)
    throw new Error(`${name} is not on this machine: apt-get install --no-install-recommends ${DEBIAN_PACKAGES}`);
  return file;
}

/** Debian's folder of the network plugins, or that of the projects' own releases. */
export function networkPlugins(): string {
  const folder = ['/usr/lib/cni', '/opt/cni/bin'].find((one) => isExecutable(join(one, 'bridge')));
  if (folder === undefined) throw new Error(`no network plugins on this machine: apt-get install ${DEBIAN_PACKAGES}`);
  return folder;
}
