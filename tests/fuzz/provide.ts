import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/system/places.ts';

const VERSION = '4.32.5';
const TIMEOUT_MS = 300_000;

/** The folder that Python finds Schemathesis in; takes it from PyPI the first time. Throws where Python 3 or its pip is missing. */
export function provideSchemathesis(): string {
  const folder = join(cacheFolder(), `schemathesis-${VERSION}`);
  if (existsSync(folder)) return folder;
  const building = `${folder}.${process.pid}`;
  const args = ['-m', 'pip', 'install', '--quiet', '--target', building, `schemathesis==${VERSION}`];
  const { status, error, stderr } = spawnSync('python3', args, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (status !== 0) {
    rmSync(building, { recursive: true, force: true });
    throw new Error(
      `Schemathesis could not be installed, which takes Python 3.10 or later with pip: ${error?.message ?? stderr}`,
    );
  }
  renameSync(building, folder);
  return folder;
}
