import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './waiting.ts';

/** The one thing of the node that has no namespace: its pods' limits lie below this folder of every hierarchy. */
export const CGROUP = 'souk-node';

const ROOT = '/sys/fs/cgroup';
const END_TIMEOUT_MS = 20_000;

/** With version 1 each controller has a hierarchy of its own, with version 2 there is one. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(ROOT, entry.name)] : []));
}

/** Has to be done before kubelet starts, which makes only what is below. */
export function makeCgroups(): void {
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, CGROUP);
    mkdirSync(folder, { recursive: true });
    // A new one of version 1 has no processors and no memory, and no process could enter it.
    for (const name of ['cpuset.cpus', 'cpuset.mems'])
      if (existsSync(join(hierarchy, name))) writeFileSync(join(folder, name), readFileSync(join(hierarchy, name)));
  }
}

/** The kernel lets go of a group some time after its last process. */
export async function removeCgroups(): Promise<void> {
  await until('all cgroups of the node are removed', END_TIMEOUT_MS, () => {
    for (const hierarchy of hierarchies()) removeBelow(join(hierarchy, CGROUP));
    return globSync(`${ROOT}/{,*/}${CGROUP}`).length === 0;
  });
}

/** Only folders: the files in them are the kernel's. */
function removeBelow(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeBelow(join(folder, entry.name));
  rmdirSync(folder);
}
