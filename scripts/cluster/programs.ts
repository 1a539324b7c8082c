import { join } from 'node:path';
import { HELM_VERSION, KUBERNETES_VERSION } from '../system/parts/kubernetes.ts';
import { cacheFolder, findOnPath, isExecutable } from '../system/places.ts';

/** Of what is built from Go modules, and of the images made of it. */
export const VERSIONS = {
  kubernetes: KUBERNETES_VERSION,
  helm: HELM_VERSION,
  dapr: '1.18.2',
  coredns: '1.15.0',
  'metrics-server': '0.9.0',
  traefik: '3.7.5',
} as const;

export type Project = keyof typeof VERSIONS;

/** Where the programs of a project are kept once they are built. */
export const projectFolder = (project: Project): string => join(cacheFolder(), 'go', `${project}-${VERSIONS[project]}`);

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
/** Each with a program of it, by which its absence is told. */
export const DEBIAN_PACKAGES = {
  'etcd-server': 'etcd',
  containerd: 'ctr',
  runc: 'runc',
  iptables: 'iptables',
  iproute2: 'ip',
  openssl: 'openssl',
  debootstrap: 'debootstrap',
} as const;
const ADVICE = `apt-get install --no-install-recommends containernetworking-plugins ${Object.keys(DEBIAN_PACKAGES).join(' ')}`;

/** A program of a Go project, built without CGO. Throws when it has not been. */
export function goProgram(project: Project, name: string): string {
  const file = join(projectFolder(project), name);
  if (!isExecutable(file)) throw new Error(`${name} of ${project} ${VERSIONS[project]} has not been built as ${file}`);
  return file;
}

/** A program of this machine. Throws with the packages that bring all of them. */
export function systemProgram(name: string): string {
  const file = findOnPath(name, SYSTEM_FOLDERS);
  if (file === undefined) throw new Error(`${name} is not on this machine: ${ADVICE}`);
  return file;
}

/** Debian's folder of the network plugins, or that of the projects' own releases. */
export function networkPlugins(): string {
  const folder = ['/usr/lib/cni', '/opt/cni/bin'].find((one) => isExecutable(join(one, 'bridge')));
  if (folder === undefined) throw new Error(`no network plugins on this machine: ${ADVICE}`);
  return folder;
}
