import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, findOnPath, root } from './places.ts';
import type { Say } from './ways.ts';
import { build } from './ways.ts';

const BUILD_TIMEOUT_MS = 30 * 60_000;

export interface GoBuild {
  /** The folder under scripts/ whose go.mod and go.sum say what is built from what. */
  module: string;
  packages: readonly string[];
  tags?: string;
  /** What the linker writes into the programs, as `package.variable=value`. */
  variables?: Readonly<Record<string, string>>;
  /** Where the programs come to be, each under its package's name. */
  into: string;
  /** Without C they run in an image of nothing else. */
  isStatic: boolean;
  say: Say;
}

/**
 * Builds programs with Go, outside of the checkout, because Go would write to its go.sum. False where there is no Go; throws with the
 * end of the build's output when it fails.
 */
export async function buildGo({ module, packages, tags, variables = {}, into, isStatic, say }: GoBuild): Promise<boolean> {
  const go = findOnPath('go', ['/usr/local/go/bin', '/opt/homebrew/bin']);
  if (go === undefined) return false;
  const folder = join(cacheFolder(), 'build', module);
  cpSync(join(root, 'scripts', module), folder, { recursive: true });
  const fresh = `${into}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const linked = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ['-trimpath', '-mod=mod', ...(tags ? ['-tags', tags] : []), '-ldflags', ['-s', '-w', ...linked].join(' ')];
  const args = ['build', ...flags, '-o', `${fresh}/`, ...packages];
  const env = isStatic ? { CGO_ENABLED: '0' } : {};
  await build({ file: go, args, cwd: folder, logFile: join(folder, 'build.log'), say, env, timeoutMs: BUILD_TIMEOUT_MS });
  // One by one: the folder may hold programs of the module that were asked for at another time.
  mkdirSync(into, { recursive: true });
  for (const program of readdirSync(fresh)) renameSync(join(fresh, program), join(into, program));
  rmSync(fresh, { recursive: true });
  return true;
}
