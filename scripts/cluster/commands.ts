import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { containerdSocket, pkiFile } from './cluster.ts';
import { goProgram, systemProgram } from './programs.ts';
import { enter } from './spaces.ts';

interface Run {
  program: string;
  args: readonly string[];
  input?: string;
}

/** What kubectl prints, as the cluster's administrator; `input` is what `-f -` reads. Throws with what it says of its failure. */
export function kubectl(cluster: Cluster, args: readonly string[], input = ''): Promise<string> {
  return outputOf(cluster, { program: goProgram('kubernetes', 'kubectl'), args, input });
}

/** What helm prints. Throws with what it says of its failure. */
export function helm(cluster: Cluster, args: readonly string[]): Promise<string> {
  return outputOf(cluster, { program: goProgram('helm', 'helm'), args });
}

/** Puts all images of a `docker save` archive into the node's store. */
export async function importImages(cluster: Cluster, archive: string): Promise<void> {
  const args = ['--address', containerdSocket(cluster), '--namespace', 'k8s.io', 'images', 'import', archive];
  await outputOf(cluster, { program: systemProgram('ctr'), args });
}

/** What clients of the cluster read from their environment; no proxy of the machine's stands between. */
function clientEnvironment(cluster: Cluster): NodeJS.ProcessEnv {
  const kept = join(cluster.folder, 'clients');
  return {
    PATH: process.env.PATH,
    HOME: kept,
    KUBECONFIG: pkiFile(cluster, 'admin.kubeconfig'),
    HELM_CACHE_HOME: join(kept, 'cache'),
    HELM_CONFIG_HOME: join(kept, 'config'),
    HELM_DATA_HOME: join(kept, 'data'),
  };
}

function outputOf(cluster: Cluster, { program, args: given, input = '' }: Run): Promise<string> {
  return new Promise((resolve, reject) => {
    const { file, args } = enter(cluster, [program, ...given]);
    const child = spawn(file, args, { env: clientEnvironment(cluster), stdio: ['pipe', 'pipe', 'pipe'] });
    const read = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        read[name] += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(read.stdout);
      else reject(new Error(`${basename(program)} ${given.join(' ')} ended with ${code ?? signal}: ${read.stderr.trim()}`));
    });
    // A program that reads nothing may be gone before it is all written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
