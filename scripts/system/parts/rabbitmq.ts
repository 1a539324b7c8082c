import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartPlan } from '../part.ts';
import { cacheFolder, findOnPath, isExecutable, outputOf } from '../places.ts';
import { answers } from '../probe.ts';
import { writePrivately } from '../secrets.ts';
import type { Say } from '../ways.ts';
import { build, firstThatWorks } from '../ways.ts';
import { installDebianPackage } from './debian-package.ts';

/** Where a RabbitMQ is to be started from. `epmd` is Erlang's port mapper, of which the node gets one of its own. */
export interface RabbitPrograms {
  server: string;
  epmd: string;
}

export interface RabbitPorts {
  amqp: number;
  management: number;
  brokerMetrics: number;
  distribution: number;
  epmd: number;
}

export interface RabbitOptions {
  folder: string;
  ports: RabbitPorts;
  programs: RabbitPrograms;
  cookie: string;
  administrator: { name: string; password: string };
  definitions: object;
}

/** Debian's wrapper on the PATH changes to a user and a folder of its own; the script behind it does as it is told. */
const DEBIAN_SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const HOMEBREW_FOLDERS = [
  '/opt/homebrew/sbin',
  '/opt/homebrew/opt/rabbitmq/sbin',
  '/usr/local/sbin',
  '/usr/local/opt/rabbitmq/sbin',
  '/usr/lib/rabbitmq/bin',
];

/** The programs of an installed RabbitMQ; installs the Debian package or the Homebrew formula if need be. Throws PartMissing. */
export function findRabbit(say: Say): Promise<RabbitPrograms> {
  const advice = 'Install RabbitMQ 3.10 or later, or set RABBITMQ_URL and RABBITMQ_MANAGEMENT_URL to one that runs.';
  return firstThatWorks({ name: 'RabbitMQ', advice, say }, [
    { what: 'rabbitmq-server on this machine', get: installedRabbit },
    {
      what: 'Debian package',
      get: async () => ((await installDebianPackage('rabbitmq-server', say)) ? installedRabbit() : undefined),
    },
    { what: 'Homebrew', get: () => brewedRabbit(say) },
  ]);
}

function installedRabbit(): RabbitPrograms | undefined {
  const server = isExecutable(DEBIAN_SERVER) ? DEBIAN_SERVER : findOnPath('rabbitmq-server', HOMEBREW_FOLDERS);
  if (server === undefined) return undefined;
  const epmd = findOnPath('epmd') ?? bundledEpmd();
  if (epmd === undefined) throw new Error(`${server} is there, but epmd of Erlang is not`);
  return { server, epmd };
}

function bundledEpmd(): string | undefined {
  const home = outputOf('erl', [
    '-noshell',
    '-eval',
    'io:format("~s/erts-~s/bin", [code:root_dir(), erlang:system_info(version)]), halt().',
  ]);
  return home === undefined ? undefined : findOnPath('epmd', [home]);
}

async function brewedRabbit(say: Say): Promise<RabbitPrograms | undefined> {
  const brew = findOnPath('brew', ['/opt/homebrew/bin', '/usr/local/bin']);
  if (brew === undefined) return undefined;
  say('RabbitMQ: installing it with Homebrew');
  const logFile = join(cacheFolder(), 'build', 'brew-rabbitmq.log');
  await build({ file: brew, args: ['install', 'rabbitmq'], cwd: '/', logFile, say, timeoutMs: 30 * 60_000 });
  return installedRabbit();
}

/** Erlang's port mapper and the broker, as a node of their own: data, cookie, ports and plugins are not the machine's. */
export function planRabbit(options: RabbitOptions): PartPlan[] {
  const { folder, ports, programs, administrator } = options;
  writeConfiguration(options);
  const env = environment(options);
  const credentials = Buffer.from(`${administrator.name}:${administrator.password}`).toString('base64');
  const epmd: PartPlan = {
    name: 'epmd',
    command: { file: programs.epmd, args: ['-port', String(ports.epmd), '-address', '127.0.0.1'], env, cwd: folder },
    ports: { epmd: ports.epmd },
    ready: async () => outputOf(programs.epmd, ['-port', String(ports.epmd), '-names']) !== undefined,
    readyTimeoutMs: 10_000,
    stopTimeoutMs: 2_000,
  };
  const rabbit: PartPlan = {
    name: 'rabbitmq',
    command: { file: programs.server, args: [], env, cwd: folder },
    ports: { amqp: ports.amqp, management: ports.management, metrics: ports.brokerMetrics, distribution: ports.distribution },
    ready: () =>
      answers(`http://127.0.0.1:${ports.management}/api/health/checks/port-listener/${ports.amqp}`, {
        authorization: `Basic ${credentials}`,
      }),
    readyTimeoutMs: 90_000,
    stopTimeoutMs: 20_000,
  };
  return [epmd, rabbit];
}

function environment({ folder, ports, cookie }: RabbitOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LANG: process.env.LANG ?? 'C.UTF-8',
    HOME: folder,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'souk@localhost',
    RABBITMQ_CONF_ENV_FILE: join(folder, 'empty.conf'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    // Makes the script become the Erlang machine instead of waiting for it: signals reach the broker itself.
    RUNNING_UNDER_SYSTEMD: 'true',
    // No busy waiting of idle schedulers: the machine is shared with twenty-six other processes.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-start_epmd false -setcookie ${cookie} -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none`,
  };
}

function writeConfiguration({ folder, ports, definitions }: RabbitOptions): void {
  mkdirSync(join(folder, 'log'), { recursive: true });
  const definitionsFile = join(folder, 'definitions.json');
  writePrivately(definitionsFile, JSON.stringify(definitions, null, 2));
  writeFileSync(join(folder, 'empty.conf'), '');
  writeFileSync(join(folder, 'enabled_plugins'), '[rabbitmq_management, rabbitmq_prometheus].\n');
  const settings = {
    'listeners.tcp.1': `127.0.0.1:${ports.amqp}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': ports.management,
    'prometheus.tcp.ip': '127.0.0.1',
    'prometheus.tcp.port': ports.brokerMetrics,
    load_definitions: definitionsFile,
    // Publishers are blocked above this, long before the machine is short of memory.
    'vm_memory_high_watermark.absolute': '600MB',
    'disk_free_limit.absolute': '200MB',
    // A consumer may take as long as its batch takes under a retry policy of a quarter of an hour.
    consumer_timeout: 3_600_000,
    'log.file': 'false',
    'log.console': 'true',
    'log.console.level': 'warning',
    collect_statistics_interval: 5_000,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
  writeFileSync(join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
}
