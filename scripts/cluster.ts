// `node scripts/cluster.ts up [--metrics] | down`: a Kubernetes cluster of one node on this machine, with Dapr, as root.
import { parseArgs } from 'node:util';
import { pkiFile } from './cluster/cluster.ts';
import { importImages } from './cluster/commands.ts';
import { installDapr } from './cluster/dapr.ts';
import { provideImages } from './cluster/images.ts';
import { endUnused, startCluster } from './cluster/index.ts';
import { provideClusterPrograms } from './cluster/provide.ts';
import { stateFolder } from './system/state.ts';

async function up(metrics: boolean): Promise<void> {
  const startedMs = Date.now();
  await provideClusterPrograms(console.log);
  const cluster = await startCluster({ folder: stateFolder(), say: console.log, metrics });
  for (const archive of await provideImages(['operator', 'injector', 'sentry', 'daprd', 'rabbitmq', 'secantusd'], console.log))
    await importImages(cluster, archive);
  await installDapr(cluster);
  console.log(`\nThe cluster is up with Dapr after ${Math.round((Date.now() - startedMs) / 1_000)} s.`);
  console.log(`  export KUBECONFIG=${pkiFile(cluster, 'admin.kubeconfig')}`);
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { metrics: { type: 'boolean', default: false } },
  });
  if (positionals[0] === 'up') await up(values.metrics);
  else if (positionals[0] === 'down') console.log((await endUnused(console.log)) ? 'It is down.' : 'No cluster is running.');
  else throw new Error('Usage: node scripts/cluster.ts up [--metrics] | down');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
