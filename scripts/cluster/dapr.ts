import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../system/places.ts';
import type { Cluster } from './cluster.ts';
import { pkiFile } from './cluster.ts';
import { helm } from './commands.ts';
import { systemProgram, VERSIONS } from './programs.ts';

const MODULE = 'github.com/dapr/dapr';

/** Installs Dapr's control plane by the chart of its own module, with the cluster's authority. Waits until it is ready. */
export async function installDapr(cluster: Cluster): Promise<void> {
  const values = ['--values', join(root, 'k8s', 'dapr-values.yaml'), '--set', `global.tag=${VERSIONS.dapr}`];
  const tls = {
    'dapr_sentry.tls.root.certPEM': 'dapr-root.crt',
    'dapr_sentry.tls.issuer.certPEM': 'dapr-issuer.crt',
    'dapr_sentry.tls.issuer.keyPEM': 'dapr-issuer.key',
  };
  const given = Object.entries(tls).flatMap(([value, name]) => ['--set-file', `${value}=${pkiFile(cluster, name)}`]);
  const target = ['--namespace', 'dapr-system', '--create-namespace', '--wait', '--timeout', '180s'];
  await helm(cluster, ['install', 'dapr', copyChart(cluster), ...target, ...values, ...given]);
}

/** The module's own files are for reading only, and the cache of modules is not ours to change. */
function copyChart({ folder }: Cluster): string {
  const module = execFileSync(systemProgram('go'), ['list', '-m', '-f', '{{.Dir}}', MODULE], {
    cwd: join(root, 'scripts', 'daprd'),
    encoding: 'utf8',
  }).trim();
  if (module === '') throw new Error(`${MODULE} has not been downloaded: go mod download, in scripts/daprd`);
  const chart = join(folder, 'dapr-chart');
  rmSync(chart, { recursive: true, force: true });
  execFileSync('cp', ['--recursive', '--no-preserve=mode', join(module, 'charts', 'dapr'), chart]);
  return chart;
}
