import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Part } from '../../scripts/system/part.ts';
import { findDefinitions } from '../../scripts/system/parts/crds.ts';
import type { ChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { freePorts } from '../../scripts/system/ports.ts';

const START_MS = 60_000;
const LONGEST_REASON = 4_000;
const TOKEN = 'a-token-of-this-run-alone';

/** A real API server with nothing behind it: it checks and defaults objects as a cluster does, and runs none of them. */
export interface ApiServer {
  kubeconfig: string;
  /** Runs kubectl, with `input` as its standard input; gives what it prints. Throws with its standard error. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts etcd and an API server on free ports, with data that ends with them. */
export async function startApiServer({ etcd, apiServer, kubectl }: ChartPrograms): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-api-server-'));
  const free = freePorts();
  const [client, peer, secure] = [await free(), await free(), await free()];
  const options = (name: string) => ({
    logFile: join(folder, `${name}.log`),
    pidFolder: join(folder, 'pids'),
    say: () => undefined,
  });
  const plan = { env: { PATH: process.env.PATH, HOME: folder }, cwd: folder };
  const store = new Part(
    {
      name: 'etcd',
      command: { ...plan, file: etcd, args: etcdArguments({ folder, client, peer }) },
      ports: { client, peer },
      ready: () => isHealthy(`http://127.0.0.1:${client}/health`),
      readyTimeoutMs: START_MS,
      stopTimeoutMs: 5_000,
    },
    options('etcd'),
  );
  const kubeconfig = writeAccess(folder, secure);
  const run = (args: readonly string[], input = '') => pipe(kubectl, ['--kubeconfig', kubeconfig, ...args], input);
  const server = new Part(
    {
      name: 'kube-apiserver',
      command: { ...plan, file: apiServer, args: serverArguments({ folder, client, secure }) },
      ports: { secure },
      ready: () => run(['get', '--raw', '/readyz']).then((answer) => answer === 'ok'),
      readyTimeoutMs: START_MS,
      stopTimeoutMs: 10_000,
    },
    options('kube-apiserver'),
  );
  const stop = async () => {
    await server.stop();
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const part of [store, server]) {
      part.start();
      await part.whenReady();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig, kubectl: run, stop };
}

interface Definition {
  status?: { conditions?: { type: string; status: string }[] | null };
}

/** Teaches the server all kinds of objects that the charts make and Kubernetes does not know itself. */
export async function defineResources({ kubectl }: ApiServer): Promise<void> {
  const definitions = findDefinitions();
  await kubectl(['create', ...definitions.map((file) => `--filename=${file}`)]);
  const isEstablished = ({ status }: Definition) =>
    status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') ?? false;
  const established = async () => {
    const { items }: { items: Definition[] } = JSON.parse(
      await kubectl(['get', '--raw', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions']),
    );
    return items.filter(isEstablished).length;
  };
  for (const deadline = Date.now() + START_MS; (await established()) < definitions.length; await sleep(100))
    if (Date.now() > deadline) throw new Error('the definitions of resources are not established');
}

function etcdArguments({ folder, client, peer }: { folder: string; client: number; peer: number }): string[] {
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    ...['--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `default=${peerUrl}`],
  ];
}

function serverArguments({ folder, client, secure }: { folder: string; client: number; secure: number }): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${client}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${secure}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${join(folder, 'account.pem')}`,
    `--service-account-signing-key-file=${join(folder, 'account.pem')}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // No controller makes the accounts that pods run as.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
  ];
}

/** Writes who may come in, and how kubectl and helm do; the certificate beside it is made by the server as it starts. */
function writeAccess(folder: string, port: number): string {
  mkdirSync(join(folder, 'certificates'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'account.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},tester,1,system:masters\n`);
  const file = join(folder, 'kubeconfig.json');
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority': join(folder, 'certificates', 'apiserver.crt'),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'tester', user: { token: TOKEN } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'tester' } }],
    'current-context': 'test',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const isHealthy = (url: string) => fetch(url).then(({ ok }) => ok);

/** Runs a program to its end. Throws with what it said when it fails. */
export function pipe(file: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
    const child = execFile(file, args, limits, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim().slice(0, LONGEST_REASON) || error.message));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}
