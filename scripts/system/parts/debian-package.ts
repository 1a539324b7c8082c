import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, findOnPath } from '../places.ts';
import type { Say } from '../ways.ts';
import { build } from '../ways.ts';

const POLICY = '/usr/sbin/policy-rc.d';
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Installs a package as root on Debian or Ubuntu; false where that is not what this machine is. Throws when apt fails. */
export async function installDebianPackage(name: string, say: Say): Promise<boolean> {
  const apt = findOnPath('apt-get');
  if (apt === undefined) return false;
  if (process.getuid?.() !== 0) throw new Error(`only root may install it: sudo apt-get install --no-install-recommends ${name}`);
  say(`${name}: installing the Debian package`);
  const logFile = join(cacheFolder(), 'build', `apt-${name}.log`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const apply = (args: string[]): Promise<void> =>
    build({ file: apt, args, cwd: '/', logFile, say, env, timeoutMs: INSTALL_TIMEOUT_MS });
  await withoutStartingServices(async () => {
    const install = ['install', '-y', '--no-install-recommends', name];
    await apply(install).catch(async () => {
      await apply(['update']);
      await apply(install);
    });
  });
  return true;
}

/** The package's script starts a server of the machine's own, which can hang where there is no init system: forbidden meanwhile. */
async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  const before = existsSync(POLICY) ? { content: readFileSync(POLICY), mode: statSync(POLICY).mode } : undefined;
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    if (before === undefined) rmSync(POLICY, { force: true });
    else writeFileSync(POLICY, before.content, { mode: before.mode });
  }
}
