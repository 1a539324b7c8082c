import { join } from 'node:path';
import { buildGo } from '../go.ts';
import { cacheFolder, findOnPath, isExecutable, outputOf } from '../places.ts';
import type { Say } from '../ways.ts';
import { firstThatWorks } from '../ways.ts';
import { installDebianPackage } from './debian-package.ts';

/** The versions that scripts/kubernetes/go.mod and scripts/helm/go.mod build. */
export const KUBERNETES_VERSION = '1.35.4';
export const HELM_VERSION = '3.22.0';

/** What a real API server needs to hold charts against it. */
export interface ChartPrograms {
  etcd: string;
  apiServer: string;
  kubectl: string;
  helm: string;
}

const ADVICE = 'Install Go 1.26 or later (https://go.dev/dl).';

/** The programs that charts are tested with; builds and installs those that are missing. Throws PartMissing. */
export async function findChartPrograms(say: Say): Promise<ChartPrograms> {
  const etcd = await findEtcd(say);
  const kubernetes = await findKubernetes(['kube-apiserver', 'kubectl'], say);
  const [apiServer, kubectl] = [join(kubernetes, 'kube-apiserver'), join(kubernetes, 'kubectl')];
  return { etcd, apiServer, kubectl, helm: await findHelm(say) };
}

function findEtcd(say: Say): Promise<string> {
  const advice = 'Install etcd 3.4 or later.';
  return firstThatWorks({ name: 'etcd', advice, say }, [
    { what: 'etcd on the PATH', get: () => findOnPath('etcd') },
    {
      what: 'Debian package',
      get: async () => ((await installDebianPackage('etcd-server', say)) ? findOnPath('etcd') : undefined),
    },
  ]);
}

/** The folder that has these programs of Kubernetes itself; its releases are nowhere that a package manager reaches. */
export async function findKubernetes(names: readonly string[], say: Say): Promise<string> {
  const into = join(cacheFolder(), 'go', `kubernetes-${KUBERNETES_VERSION}`);
  const isComplete = () => names.every((name) => isExecutable(join(into, name)));
  return firstThatWorks({ name: names.join(', '), advice: ADVICE, say }, [
    { what: 'the cache', get: () => (isComplete() ? into : undefined) },
    { what: 'go build', get: async () => ((await buildKubernetes(names, { into, say })) ? into : undefined) },
  ]);
}

/** Without a version a server calls itself v0.0.0, which charts refuse. */
async function buildKubernetes(names: readonly string[], { into, say }: { into: string; say: Say }): Promise<boolean> {
  say(`Kubernetes ${KUBERNETES_VERSION}: building ${names.join(', ')} with Go; 3 to 8 minutes, once`);
  const [major = '', minor = ''] = KUBERNETES_VERSION.split('.');
  const values = { gitVersion: `v${KUBERNETES_VERSION}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const variables = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
  );
  const packages = names.map((name) => `k8s.io/kubernetes/cmd/${name}`);
  return buildGo({ module: 'kubernetes', packages, variables, into, isStatic: true, say });
}

/** Of that minor version on the PATH, or built. */
function findHelm(say: Say): Promise<string> {
  const into = join(cacheFolder(), 'go', `helm-${HELM_VERSION}`);
  const cached = join(into, 'helm');
  return firstThatWorks({ name: 'helm', advice: ADVICE, say }, [
    { what: 'helm on the PATH', get: helmOnPath },
    { what: 'the cache', get: () => (isExecutable(cached) ? cached : undefined) },
    { what: 'go build', get: async () => ((await buildHelm(into, say)) ? cached : undefined) },
  ]);
}

function helmOnPath(): string | undefined {
  const found = findOnPath('helm');
  if (found === undefined) return undefined;
  const version = outputOf(found, ['version', '--short']) ?? 'unknown';
  if (!version.startsWith('v3.')) throw new Error(`${found} is version ${version}`);
  return found;
}

function buildHelm(into: string, say: Say): Promise<boolean> {
  say(`helm ${HELM_VERSION}: building it with Go; 1 to 3 minutes, once`);
  const variables = { 'helm.sh/helm/v3/internal/version.version': `v${HELM_VERSION}` };
  return buildGo({ module: 'helm', packages: ['helm.sh/helm/v3/cmd/helm'], variables, into, isStatic: true, say });
}
