// Everything on a real Kubernetes node, installed by helm as a person would: `npm run test:cluster`, as root on Linux. A node of its own,
// Dapr's control plane, both charts; then a purchase by `helm test`, each service's pod deleted under load, and an upgrade under load.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopCluster } from '../../scripts/cluster/index.ts';
import { reachInstallation } from '../cluster/ground.ts';
import { buySomething, installEverything, NEXT_TAG } from '../cluster/installation.ts';
import { deletePods } from '../cluster/pods.ts';
import { upgradeUnderLoad } from '../cluster/upgrade.ts';
import { tellFaults } from '../faults/oracle/index.ts';
import { openMarket } from '../faults/world.ts';

const CUSTOMERS = 6;
const seed = Number(process.env.SOUK_SEED ?? 1);
const say = (line: string) => process.stdout.write(`${line}\n`);
const report: string[] = [];
const problems: string[] = [];

/** Keeps a line of the report, and whether it is as it must be. */
function found(line: string, isRight: boolean): void {
  const told = isRight ? line : `${line} **(not as it must be)**`;
  if (!isRight) problems.push(line);
  report.push(`- ${told}`);
  say(told);
}

const folder = mkdtempSync(join(tmpdir(), 'souk-cluster-'));
const startedMs = Date.now();
const cluster = await installEverything({ folder, say });
try {
  found(`an empty machine to every pod ready: ${((Date.now() - startedMs) / 1_000).toFixed(0)} s, images included`, true);
  await buySomething(cluster);
  found('`helm test` made the demo companies and bought something', true);
  const ground = await reachInstallation(cluster);
  const market = await openMarket(ground, CUSTOMERS);
  const { deleted, orders, rest } = await deletePods(cluster, market, { seed, say });
  const slowest = Math.max(...deleted.map(({ readyAfterMs }) => readyAfterMs)) / 1_000;
  const heard =
    rest.silentAfterMs === undefined
      ? tellFaults(rest.faults).join('; ')
      : `silent after ${Math.round(rest.silentAfterMs / 1_000)} s`;
  found(
    `pods of ${deleted.length} services deleted under ${orders} orders, the slowest replaced after ${slowest.toFixed(1)} s; the oracle: ${heard}`,
    rest.silentAfterMs !== undefined,
  );
  const { requests, seconds, failures } = await upgradeUnderLoad(cluster, ground.api, NEXT_TAG);
  const failed = Object.entries(failures).map(([what, count]) => `${count} of ${what}`);
  found(
    `\`helm upgrade\` to other images in ${seconds.toFixed(0)} s under ${requests} requests: ${failed.join(', ') || '0 failed'}`,
    failed.length === 0,
  );
  await market.close();
  await ground.api.close();
} finally {
  await stopCluster(cluster);
  rmSync(folder, { recursive: true, force: true });
}
say(`--- report\n${report.join('\n')}`);
process.exitCode = problems.length === 0 ? 0 : 1;
