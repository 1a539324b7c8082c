import { join } from 'node:path';
import type { GoBuild } from '../system/go.ts';
import { buildGo } from '../system/go.ts';
import { installDebianPackage } from '../system/parts/debian-package.ts';
import { findKubernetes } from '../system/parts/kubernetes.ts';
import { findOnPath, isExecutable } from '../system/places.ts';
import type { Say } from '../system/ways.ts';
import type { Project } from './programs.ts';
import { DEBIAN_PACKAGES, networkPlugins, projectFolder, VERSIONS } from './programs.ts';

const KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'];

const dapr = (name: string) => `github.com/dapr/dapr/cmd/${name}`;
const daprVersion = { 'github.com/dapr/dapr/pkg/buildinfo.version': VERSIONS.dapr };

/** What is built, and the programs that come of it. Of the sidecar the smaller half of all components is enough in a cluster. */
const BUILDS: ({ project: Project; names: string[] } & Pick<GoBuild, 'module' | 'packages' | 'tags' | 'variables'>)[] = [
  { project: 'helm', names: ['helm'], module: 'helm', packages: ['helm.sh/helm/v3/cmd/helm'] },
  {
    project: 'dapr',
    names: ['operator', 'injector', 'sentry'],
    module: 'daprd',
    packages: [dapr('operator'), dapr('injector'), dapr('sentry')],
    variables: daprVersion,
  },
  {
    project: 'dapr',
    names: ['daprd'],
    module: 'daprd',
    packages: [dapr('daprd')],
    tags: 'stablecomponents',
    variables: daprVersion,
  },
  { project: 'coredns', names: ['coredns'], module: 'cluster/coredns', packages: ['github.com/coredns/coredns'] },
  {
    project: 'metrics-server',
    names: ['metrics-server'],
    module: 'cluster/metrics-server',
    packages: ['sigs.k8s.io/metrics-server/cmd/metrics-server'],
  },
  {
    project: 'traefik',
    names: ['traefik'],
    module: 'cluster/traefik',
    packages: ['github.com/traefik/traefik/v3/cmd/traefik'],
  },
];

/** Sees to it that everything a node and its control plane are made of is on this machine; what must be built takes half an hour, once. */
export async function provideClusterPrograms(say: Say): Promise<void> {
  for (const [name, program] of Object.entries(DEBIAN_PACKAGES))
    if (findOnPath(program, ['/usr/sbin', '/sbin']) === undefined) await installDebianPackage(name, say);
  try {
    networkPlugins();
  } catch {
    await installDebianPackage('containernetworking-plugins', say);
  }
  await findKubernetes(KUBERNETES, say);
  for (const { project, names, ...build } of BUILDS) {
    const into = projectFolder(project);
    if (names.every((name) => isExecutable(join(into, name)))) continue;
    say(`${names.join(', ')}: building ${project} ${VERSIONS[project]} with Go; minutes, once`);
    if (!(await buildGo({ ...build, into, isStatic: true, say })))
      throw new Error('Go is missing, which builds it: https://go.dev/dl');
  }
}
