import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, findOnPath } from '../places.ts';

/** Where each kind of object that the charts make and Kubernetes does not know itself is defined: a folder of a published Go module. */
const SOURCES = [
  { module: 'github.com/dapr/dapr', version: 'v1.18.2', folder: 'charts/dapr/crds' },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    folder: 'example/prometheus-operator-crd',
  },
  { module: 'github.com/kedacore/keda/v2', version: 'v2.21.0', folder: 'config/crd/bases' },
  { module: 'github.com/external-secrets/external-secrets', version: 'v1.3.2', folder: 'config/crds/bases' },
] as const;

const DOWNLOAD_TIMEOUT_MS = 300_000;

/** The files of all definitions; fetches what is not in the cache. Throws where there is no Go to fetch them with. */
export function findDefinitions(): string[] {
  return SOURCES.flatMap((source) => {
    const folder = join(cacheFolder(), 'crds', `${source.module.replaceAll('/', '-')}-${source.version}`);
    if (!existsSync(folder)) fetchFolder(source, folder);
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
      .map((name) => join(folder, name));
  });
}

function fetchFolder({ module, version, folder }: (typeof SOURCES)[number], into: string): void {
  const go = findOnPath('go', ['/usr/local/go/bin', '/opt/homebrew/bin']);
  if (go === undefined) throw new Error('Go is missing, which fetches the definitions of custom resources: https://go.dev/dl');
  const printed = execFileSync(go, ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: cacheFolder(),
    encoding: 'utf8',
    timeout: DOWNLOAD_TIMEOUT_MS,
  });
  const { Dir }: { Dir: string } = JSON.parse(printed);
  rmSync(`${into}.new`, { recursive: true, force: true });
  mkdirSync(`${into}.new`, { recursive: true });
  for (const name of readdirSync(join(Dir, folder)))
    cpSync(join(Dir, folder, name), join(`${into}.new`, name), { recursive: true, mode: 0 });
  renameSync(`${into}.new`, into);
}
