// The supervisor that `npm run up` leaves running: starts the system, keeps it up, and stops it on SIGTERM.
import { parseArgs } from 'node:util';
import { stateFolder, writeState } from './state.ts';
import type { System } from './supervisor.ts';
import { startSystem } from './supervisor.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    watch: { type: 'boolean', default: false },
    'free-ports': { type: 'boolean', default: false },
  },
});
const dir = stateFolder();
const only = values.only?.split(',');
const own = { pid: process.pid, ...(only && { only }) };
const stopping = new AbortController();

function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

function addressesOf(system: System): Record<string, string> {
  const services = Object.keys(system.ports.services).map((name) => [name, system.url(name)]);
  return {
    ...Object.fromEntries(services),
    mail: `${system.mailUrl}/email`,
    sandbox: system.sandboxUrl,
    rabbitmq: system.rabbit.managementUrl,
  };
}

process.on('SIGINT', () => undefined);
process.once('SIGTERM', () => stopping.abort());
writeState(dir, { ...own, status: 'starting', urls: {} });
try {
  const ports = values['free-ports'] ? 'free' : 'default';
  const system = await startSystem({ dir, ports, ...(only && { only }), watch: values.watch, log, signal: stopping.signal });
  writeState(dir, { ...own, status: 'ready', urls: addressesOf(system) });
  log('the system is up');
  const stop = async (): Promise<void> => {
    log('stopping');
    await system.stop();
    log('stopped');
    process.exit(0);
  };
  if (stopping.signal.aborted) await stop();
  stopping.signal.addEventListener('abort', () => void stop());
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  log(message);
  writeState(dir, { ...own, status: 'failed', error: message, urls: {} });
  process.exit(1);
}
