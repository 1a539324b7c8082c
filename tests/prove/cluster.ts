// Everything on a real Kubernetes node, installed by helm as a person would: `npm run test:cluster`, as root on Linux. A node of its own,
// Dapr's control plane, an ingress controller, both charts, network policies enforced; then what docs/operations.md promises of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopCluster } from '../../scripts/cluster/index.ts';
import { tryCalls } from '../cluster/callers.ts';
import { tryFacts } from '../cluster/facts.ts';
import { reachInstallation } from '../cluster/ground.ts';
import { describePlace, openEntrance } from '../cluster/ingress.ts';
import { buySomething, installEverything, NEXT_TAG } from '../cluster/installation.ts';
import { deletePods } from '../cluster/pods.ts';
import { tryConnections } from '../cluster/refusals.ts';
import { scaleOutAndBack, spread } from '../cluster/replicas.ts';
import { upgradeUnderLoad } from '../cluster/upgrade.ts';
import { visit } from '../cluster/visitors.ts';
import { tellFaults } from '../faults/oracle/index.ts';
import { openMarket } from '../faults/world.ts';

const CUSTOMERS = 6;
const MOST_MINUTES = 20;
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

/** Does a part of the proof; one that fails is told with its first lines, and the others go on. */
async function part(what: string, work: () => Promise<void>): Promise<void> {
  const partMs = Date.now();
  await work().catch((error: unknown) => {
    say(String(error instanceof Error ? error.stack : error));
    found(`${what}: ${String(error).slice(0, 300)}`, false);
  });
  say(`(${what}: ${((Date.now() - partMs) / 1_000).toFixed(0)} s)`);
}

const folder = mkdtempSync(join(tmpdir(), 'souk-cluster-'));
const startedMs = Date.now();
const seconds = (): string => ((Date.now() - startedMs) / 1_000).toFixed(0);
const { cluster, policies, authority } = await installEverything({ folder, say });
try {
  found(`an empty machine to every pod ready, with network policies enforced: ${seconds()} s, images included`, true);
  await buySomething(cluster);
  found('`helm test` made the demo companies and bought something', true);
  const ground = await reachInstallation(cluster);
  const entrance = await openEntrance(authority);
  const place = describePlace(join(folder, 'place.json'), { ...ground.system, gatewayUrl: entrance.url });

  await part('the journey', async () => {
    const passed = await visit({ test: 'e2e/journey.test', place, authority, run: '1' });
    found(`the journey through the Ingress by TLS: ${passed}`, true);
  });

  await part('pods deleted', async () => {
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
    await market.close();
  });

  await part('the upgrade', async () => {
    const { requests, seconds: took, failures } = await upgradeUnderLoad(cluster, ground.api, NEXT_TAG);
    const failed = Object.entries(failures).map(([what, count]) => `${count} of ${what}`);
    found(
      `\`helm upgrade\` to other images in ${took.toFixed(0)} s under ${requests} requests: ${failed.join(', ') || '0 failed'}`,
      failed.length === 0,
    );
  });

  await part('three replicas', async () => {
    await spread(cluster, NEXT_TAG);
    const journey = await visit({ test: 'e2e/journey.test', place, authority, run: '3' });
    found(`the journey with three replicas each of sales, inventory and websocket: ${journey}`, true);
    const sale = await visit({ test: 'cluster/flash-sale.visit', place, authority, run: '' });
    found(`a flash sale of 200 orders on 20 pieces by three replicas, and their sockets' offsets: ${sale}`, true);
  });

  await part('connections', async () => {
    const { tried, wrong } = await tryConnections(cluster);
    found(
      `${tried} connections tried from inside the pods: ${wrong.join('; ') || 'open where the map has an edge, silent where not'}`,
      wrong.length === 0,
    );
  });

  await part('scaling', async () => {
    const { most, outSeconds, backSeconds } = await scaleOutAndBack(cluster, NEXT_TAG, () =>
      ground.api.request('GET', '/products'),
    );
    found(
      `the gateway scaled to ${most} replicas after ${outSeconds.toFixed(0)} s of load, and back to one ${backSeconds.toFixed(0)} s after it`,
      true,
    );
  });

  await part('facts', async () => {
    const { tried, wrong } = await tryFacts(cluster);
    found(`${tried} rights to publish: ${wrong.join('; ') || 'each service its own facts, and no other'}`, wrong.length === 0);
  });

  // Without network policies, which would hide what sidecars refuse.
  await policies.stop();
  await part('who may call whom', async () => {
    const { tried, wrong } = await tryCalls(cluster);
    const told =
      wrong.length === 0
        ? 'no unexpected refusal, nothing unexpected let through'
        : `${wrong.length} wrong: ${wrong.slice(0, 20).join('; ')}`;
    found(`${tried} calls and secrets tried by every service: ${told}`, wrong.length === 0);
  });
  await ground.api.close();
  await entrance.close();
  const minutes = (Date.now() - startedMs) / 60_000;
  found(`all of it in ${minutes.toFixed(1)} min`, minutes <= MOST_MINUTES);
} finally {
  await stopCluster(cluster);
  rmSync(folder, { recursive: true, force: true });
}
say(`--- report\n${report.join('\n')}`);
process.exitCode = problems.length === 0 ? 0 : 1;
