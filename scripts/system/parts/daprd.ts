import { cpSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, findOnPath, isExecutable, outputOf, root } from '../places.ts';
import type { Say } from '../ways.ts';
import { build, downloadChecked, firstThatWorks } from '../ways.ts';

/** The version that scripts/daprd/go.mod builds. */
const VERSION = '1.18.2';
const BUILD_TIMEOUT_MS = 30 * 60_000;

/** The path of a daprd with the SQLite name resolver. Throws PartMissing with what was tried. */
export function findDaprd(say: Say): Promise<string> {
  const cached = join(cacheFolder(), 'bin', `daprd-${VERSION}`);
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
  const folder = join(cacheFolder(), 'download', `daprd-${VERSION}`);
  say(`daprd: downloading ${VERSION}`);
  await downloadChecked(`https://github.com/dapr/dapr/releases/download/v${VERSION}/${archive}`, join(folder, archive));
  await build({ file: 'tar', args: ['-xzf', archive], cwd: folder, logFile: join(folder, 'tar.log'), say, timeoutMs: 60_000 });
  mkdirSync(join(cacheFolder(), 'bin'), { recursive: true });
  renameSync(join(folder, 'daprd'), cached);
  return cached;
}

/** Built outside of the checkout, because Go would write to its go.sum; `allcomponents` has the SQLite name resolver. */
async function builtDaprd(cached: string, say: Say): Promise<string | undefined> {
  const go = findOnPath('go', ['/usr/local/go/bin', '/opt/homebrew/bin']);
  if (go === undefined) return undefined;
  const folder = join(cacheFolder(), 'build', 'daprd');
  cpSync(join(root, 'scripts', 'daprd'), folder, { recursive: true });
  mkdirSync(join(cacheFolder(), 'bin'), { recursive: true });
  say(`daprd: building ${VERSION} with Go; 4 to 10 minutes, once`);
  const flags = [
    '-trimpath',
    '-mod=mod',
    '-tags',
    'allcomponents',
    '-ldflags',
    `-s -w -X github.com/dapr/dapr/pkg/buildinfo.version=${VERSION}`,
  ];
  const args = ['build', ...flags, '-o', `${cached}.new`, 'github.com/dapr/dapr/cmd/daprd'];
  await build({ file: go, args, cwd: folder, logFile: join(folder, 'build.log'), say, timeoutMs: BUILD_TIMEOUT_MS });
  renameSync(`${cached}.new`, cached);
  return cached;
}
