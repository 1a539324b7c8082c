import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { NODE } from './cluster.ts';
import { systemProgram } from './programs.ts';

/** The machine's end of the cable to the node. Its alias says whose it is: a note that is there exactly as long as the node is. */
const LINK = 'souk-node';
const FAR_END = 'souk-node-eth0';

/** The node of this machine, with the process that started it; `init` is 0 until there is one. */
export interface FoundCluster extends Cluster {
  owner: number;
}

/** Makes the cable, which only one can have: throws when there is one already. */
export function claimLink(folder: string): void {
  ip('link', 'add', LINK, 'type', 'veth', 'peer', 'name', FAR_END);
  note({ folder, init: 0 });
}

/** Puts the far end into the node's network, as its `eth0`. */
export function connectLink(cluster: Cluster): void {
  ip('link', 'set', FAR_END, 'netns', String(cluster.init), 'name', 'eth0');
  note(cluster);
  ip('address', 'add', `${NODE.machine}/${NODE.prefix}`, 'dev', LINK);
  ip('link', 'set', LINK, 'up');
}

/** Whoever started it. */
export function findCluster(): FoundCluster | undefined {
  const file = `/sys/class/net/${LINK}/ifalias`;
  if (!existsSync(file)) return undefined;
  const [, init = '0', owner = '0', folder = ''] = /^(\d+) (\d+) (.+)$/.exec(readFileSync(file, 'utf8').trim()) ?? [];
  return { init: Number(init), owner: Number(owner), folder };
}

export function removeLink(): void {
  try {
    ip('link', 'delete', LINK);
  } catch (error) {
    // The kernel may have been first.
    if (findCluster() !== undefined) throw error;
  }
}

function note({ init, folder }: Cluster): void {
  ip('link', 'set', LINK, 'alias', `${init} ${process.pid} ${folder}`);
}

function ip(...args: string[]): void {
  execFileSync(systemProgram('ip'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
