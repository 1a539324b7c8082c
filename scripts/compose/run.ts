// Runs one part of compose.yaml in its container: `sales` is the service beside a sidecar of its own, `mail` and `sandbox` are stand-ins.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { commandsOf } from './commands.ts';

const ended = (child: ChildProcess) => new Promise<void>((resolve) => child.once('close', () => resolve()));

/** A service finishes what it has begun while its sidecar still runs. */
async function stop(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = ended(child);
    child.kill('SIGTERM');
    await gone;
  }
}

const children = commandsOf(process.argv[2] ?? '').map(({ file, args, env, cwd }) =>
  spawn(file, args, { env, cwd, stdio: 'inherit' }),
);
const signalled = new Promise<'signal'>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve('signal'));
});
for (const child of children) child.once('error', (error) => console.error(error.message));
const cause = await Promise.race([signalled, ...children.map(ended)]);
await stop(children);
// Without its other half a process is of no use: the container ends, and Docker starts it again.
process.exitCode = cause === 'signal' ? 0 : 1;
