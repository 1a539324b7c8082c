import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, findOnPath, outputOf } from '../places.ts';
import type { Say } from '../ways.ts';
import { build, firstThatWorks } from '../ways.ts';
import { installDebianPackage } from './debian-package.ts';

const VERSION = '4.32.5';
/** Everything that Schemathesis needs, with checksums, for the versions of Python below. */
const REQUIREMENTS = join(import.meta.dirname, 'schemathesis.requirements.txt');
const OLDEST_PYTHON = 11;
const INSTALL_TIMEOUT_MS = 300_000;

/** A Python and the folder in which it finds Schemathesis. */
export interface Schemathesis {
  python: string;
  folder: string;
}

interface Python {
  file: string;
  minor: number;
}

/** Schemathesis from PyPI, kept in the cache; installs pip by the Debian package if need be. Throws PartMissing. */
export function findSchemathesis(say: Say): Promise<Schemathesis> {
  const advice = `Install Python 3.${OLDEST_PYTHON} or later with pip.`;
  return firstThatWorks({ name: 'Schemathesis', advice, say }, [
    { what: 'Python on this machine', get: () => installFor(findPython(), say) },
    {
      what: 'Python of the Debian package',
      get: async () => ((await installDebianPackage('python3-pip', say)) ? installFor(findPython(), say) : undefined),
    },
  ]);
}

/** The first Python on the PATH that is new enough and has pip. */
function findPython(): Python | undefined {
  const files = ['python3', '/usr/bin/python3'].map((name) => findOnPath(name) ?? name);
  return files
    .map((file) => ({ file, minor: Number(/^3\.(\d+)/.exec(versionOf(file))?.[1]) }))
    .find(({ minor }) => minor >= OLDEST_PYTHON);
}

const versionOf = (python: string): string =>
  outputOf(python, ['-c', 'import pip, platform; print(platform.python_version())']) ?? '';

async function installFor(python: Python | undefined, say: Say): Promise<Schemathesis | undefined> {
  if (python === undefined) return undefined;
  const { file, minor } = python;
  const folder = join(cacheFolder(), `schemathesis-${VERSION}-python3.${minor}`);
  if (existsSync(folder)) return { python: file, folder };
  const building = `${folder}.${process.pid}`;
  const logFile = join(cacheFolder(), 'build', 'schemathesis.log');
  const args = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--target', building, '--requirement', REQUIREMENTS];
  say(`Schemathesis ${VERSION}: installing it from PyPI`);
  try {
    await build({ file, args, cwd: cacheFolder(), logFile, say, timeoutMs: INSTALL_TIMEOUT_MS });
    renameSync(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return { python: file, folder };
}
