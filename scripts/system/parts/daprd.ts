import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { buildGo } from '../go.ts';
import { cacheFolder, findOnPath, isExecutable, outputOf } from '../places.ts';
import type { Say } from '../ways.ts';
import { build, downloadChecked, firstThatWorks } from '../ways.ts';

/** The version that scripts/daprd/go.mod builds. */
export const DAPR_VERSION = '1.18.2';

/** The path of a daprd with the SQLite name resolver. Throws PartMissing with what was tried. */
export function findDaprd(say: Say): Promise<string> {
  const cached = join(cacheFolder(), 'bin', `daprd-${DAPR_VERSION}`);
  const advice = 'Install Go 1.26 or later (https://go.dev/dl), or set DAPRD_BIN to a daprd 1.18.';
  return firstThatWorks({ name: 'daprd', advice, say }, [
    { what: 'DAPRD_BIN', get: givenDaprd },
    { what: 'daprd on the PATH', get: () => findDaprdOnPath() },
    { what: 'the cache', get: () => (isExecutable(cached) ? cached : undefined) },
    { what: 'the official release', get: () => releasedDaprd(cached, say) },
    { what: 'go build', get: () => builtDaprd(cached, say) },
  ]);
}

function givenDaprd(): string | undefined {
  const given = process.env.DAPRD_BIN;
  if (!given) return undefined;
  if (!isExecutable(given)) throw new Error(`${given} is not an executable file`);
  return given;
}

/** Only of the minor version the components and the kit were tried with. */
function findDaprdOnPath(): string | undefined {
  const found = findOnPath('daprd');
  if (found === undefined) return undefined;
  const version = outputOf(found, ['--version']) ?? 'unknown';
  if (!version.startsWith('1.18.')) throw new Error(`${found} is version ${version}`);
  return found;
}

async function releasedDaprd(cached: string, say: Say): Promise<string> {
  const system = process.platform === 'darwin' ? 'darwin' : 'linux';
  const archive = `daprd_${system}_${process.arch === 'arm64' ? 'arm64' : 'amd64'}.tar.gz`;
  const folder = join(cacheFolder(), 'download', `daprd-${DAPR_VERSION}`);
  say(`daprd: downloading ${DAPR_VERSION}`);
  await downloadChecked(`https://github.com/dapr/dapr/releases/download/v${DAPR_VERSION}/${archive}`, join(folder, archive));
  await build({ file: 'tar', args: ['-xzf', archive], cwd: folder, logFile: join(folder, 'tar.log'), say, timeoutMs: 60_000 });
  mkdirSync(join(cacheFolder(), 'bin'), { recursive: true });
  renameSync(join(folder, 'daprd'), cached);
  return cached;
}

/** `allcomponents` has the SQLite name resolver. */
async function builtDaprd(cached: string, say: Say): Promise<string | undefined> {
  say(`daprd: building ${DAPR_VERSION} with Go; 4 to 10 minutes, once`);
  const into = join(cacheFolder(), 'build', 'daprd-built');
  const isBuilt = await buildGo({
    ...{ module: 'daprd', packages: ['github.com/dapr/dapr/cmd/daprd'], tags: 'allcomponents', isStatic: false, into, say },
    variables: { 'github.com/dapr/dapr/pkg/buildinfo.version': DAPR_VERSION },
  });
  if (!isBuilt) return undefined;
  mkdirSync(join(cacheFolder(), 'bin'), { recursive: true });
  renameSync(join(into, 'daprd'), cached);
  return cached;
}
