import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../system/leftovers.ts';
import { makeCgroups, removeCgroups } from './cgroups.ts';
import type { Cluster } from './cluster.ts';
import { NODE } from './cluster.ts';
import { pauseProgram } from './images.ts';
import { connectLink, findCluster, removeLink } from './link.ts';
import { systemProgram } from './programs.ts';
import { until } from './waiting.ts';

const START_TIMEOUT_MS = 10_000;
const END_TIMEOUT_MS = 30_000;

/** Makes namespaces for network, mounts and processes, with the cable that was claimed leading into them. */
export async function openSpaces(folder: string): Promise<Cluster> {
  const flags = ['--net', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
  const child = spawn(systemProgram('unshare'), [...flags, pauseProgram()], { stdio: 'ignore', detached: true, cwd: '/' });
  child.unref();
  let init = 0;
  await until('the namespaces are made', START_TIMEOUT_MS, () => {
    init = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
    // What it runs at last tells that the mounts are made.
    return isPause(init);
  }).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  const cluster = { folder, init };
  connectLink(cluster);
  makeCgroups();
  prepareInside(cluster);
  return cluster;
}

/** The program and arguments that run a command inside the namespaces, with which it ends, whatever becomes of this process. */
export function enter({ init }: Cluster, command: readonly string[]): { file: string; args: string[] } {
  const spaces = ['--target', String(init), '--net', '--mount', '--pid', `--wdns=${process.cwd()}`];
  return { file: systemProgram('nsenter'), args: [...spaces, '--', ...command] };
}

/** Ends all that runs on this machine's node and waits until nothing of it is left. Does nothing when there is none. */
export async function closeSpaces(): Promise<void> {
  const init = findCluster()?.init ?? 0;
  if (isPause(init)) process.kill(init, 'SIGKILL');
  // The first process of a pid namespace is gone only after all others are.
  await until('all processes of the node have ended', END_TIMEOUT_MS, () => init === 0 || !isAlive(init));
  await removeCgroups();
  // Else the kernel removes it, some time after the namespace that its other end is in.
  if (findCluster()?.init === init) removeLink();
}

function isPause(pid: number): boolean {
  return existsSync(`/proc/${pid}/comm`) && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'pause';
}

function prepareInside(cluster: Cluster): void {
  const kept = join(cluster.folder, 'kernel');
  mkdirSync(kept, { recursive: true });
  const script = join(import.meta.dirname, 'inside.sh');
  const { file, args } = enter(cluster, ['/bin/sh', script, `${NODE.address}/${NODE.prefix}`, NODE.machine, kept]);
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
