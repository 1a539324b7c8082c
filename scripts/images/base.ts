import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Loaded by name when a program asks for a host, so no list of linked libraries has them. */
const NAME_LIBRARIES = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];

/** A root of nothing but some programs and the libraries they are linked with: what stands in where no base image can be pulled. */
export function makeRoot(folder: string, programs: Readonly<Record<string, string>>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const path of ['etc', 'tmp', 'usr/local/bin']) mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/:/\nsouk:x:1000:1000::/tmp:/\n');
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nsouk:x:1000:\n');
  writeFileSync(join(folder, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  for (const [path, program] of Object.entries(programs)) {
    place(program, join(folder, path));
    const libraries = linkedWith(program);
    for (const library of [...libraries, ...namesBeside(libraries)]) place(library, join(folder, library));
  }
}

/** Under the name it is asked for by, whatever link that is. */
function place(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(source), target);
}

function linkedWith(program: string): string[] {
  const printed = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...printed.matchAll(/(\/\S+)(?= \(0x)/g)].map(([path]) => path);
}

function namesBeside(libraries: readonly string[]): string[] {
  const libc = libraries.find((path) => path.endsWith('/libc.so.6'));
  return libc === undefined ? [] : NAME_LIBRARIES.map((name) => join(dirname(libc), name));
}
