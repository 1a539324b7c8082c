import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { layerOf, writeArchive } from '../images/archive.ts';
import { makeRoot } from '../images/base.ts';
import { cacheFolder, isExecutable } from '../system/places.ts';
import type { Say } from '../system/ways.ts';
import { goProgram, systemProgram, VERSIONS } from './programs.ts';

/** What a cluster needs besides the project's own images, where no registry can be asked: under the names that manifests give them. */
export const IMAGES = {
  pause: 'docker.io/souk/pause:1',
  coredns: `docker.io/coredns/coredns:${VERSIONS.coredns}`,
  metricsServer: `registry.k8s.io/metrics-server/metrics-server:v${VERSIONS['metrics-server']}`,
  operator: `ghcr.io/dapr/operator:${VERSIONS.dapr}`,
  injector: `ghcr.io/dapr/injector:${VERSIONS.dapr}`,
  sentry: `ghcr.io/dapr/sentry:${VERSIONS.dapr}`,
  daprd: `ghcr.io/dapr/daprd:${VERSIONS.dapr}`,
  traefik: `docker.io/library/traefik:v${VERSIONS.traefik}`,
  rabbitmq: 'docker.io/souk/rabbitmq:3.10.8',
  secantusd: 'docker.io/souk/secantusd:0.5.3-beta.193',
} as const;

export type ImageName = keyof typeof IMAGES;

interface Recipe {
  user: string;
  entrypoint: string;
  env?: string[];
  /** Makes the image's files below `root`. */
  fill(root: string): void;
}

const NOBODY = '65532:65532';

const RECIPES: Record<ImageName, Recipe> = {
  pause: { user: NOBODY, entrypoint: '/pause', fill: (root) => placeStatic(pauseProgram(), root) },
  coredns: { ...staticImage('coredns', 'coredns'), user: '0:0' },
  metricsServer: staticImage('metrics-server', 'metrics-server'),
  operator: staticImage('dapr', 'operator'),
  injector: staticImage('dapr', 'injector'),
  sentry: staticImage('dapr', 'sentry'),
  daprd: staticImage('dapr', 'daprd'),
  traefik: staticImage('traefik', 'traefik'),
  // As Debian numbers its user; the wrapper on the PATH would want to become that user itself.
  rabbitmq: { user: '101:103', entrypoint: '/usr/lib/rabbitmq/bin/rabbitmq-server', env: ['LANG=C.UTF-8'], fill: fillRabbit },
  secantusd: { user: '999:999', entrypoint: '/usr/local/bin/secantusd', fill: fillDatabase },
};

/** The archives of these images, for the node to import; what is not in the user's cache is made, which for RabbitMQ takes minutes. */
export async function provideImages(names: readonly ImageName[], say: Say): Promise<string[]> {
  const archives: string[] = [];
  for (const name of names) archives.push(await provideImage(name, say));
  return archives;
}

async function provideImage(name: ImageName, say: Say): Promise<string> {
  const reference = IMAGES[name];
  const { user, entrypoint, env = [], fill } = RECIPES[name];
  const archive = join(cacheFolder(), 'cluster-images', `${basename(reference).replace(':', '-')}.tar`);
  if (existsSync(archive)) return archive;
  say(`making the image ${reference}`);
  mkdirSync(dirname(archive), { recursive: true });
  const work = mkdtempSync(join(dirname(archive), 'making-'));
  try {
    fill(join(work, 'root'));
    const layersFolder = join(work, 'layers');
    const layer = await layerOf(join(work, 'root'), layersFolder);
    const config = {
      User: user,
      Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...env],
      Entrypoint: [entrypoint],
      WorkingDir: '/',
      Labels: {},
    };
    const file = join(work, 'image.tar');
    writeArchive([{ reference, config, layers: [layer] }], { file, layersFolder });
    renameSync(file, archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return archive;
}

function staticImage(project: keyof typeof VERSIONS, program: string): Recipe {
  return { user: NOBODY, entrypoint: `/${program}`, fill: (root) => placeStatic(goProgram(project, program), root) };
}

/** A program that is linked with nothing needs nothing else, wherever temporary files are a volume. */
function placeStatic(program: string, root: string): void {
  mkdirSync(root, { recursive: true });
  copyFileSync(program, join(root, basename(program)));
}

/** The program that holds namespaces open: a pod's, and the node's own. Built at its first use, in a second. */
export function pauseProgram(): string {
  const file = join(cacheFolder(), 'go', IMAGES.pause.replace(/.*\/(.+):(.+)/, '$1-$2'), 'pause');
  if (isExecutable(file)) return file;
  const source = join(import.meta.dirname, 'pause', 'main.go');
  const env = { ...process.env, CGO_ENABLED: '0' };
  execFileSync(systemProgram('go'), ['build', '-trimpath', '-ldflags', '-s -w', '-o', file, source], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return file;
}

/** In namespaces of its own, because what the packages' scripts start or mount would stay behind on the machine. */
function fillRabbit(root: string): void {
  const script = join(import.meta.dirname, 'rabbitmq-root.sh');
  const spaces = ['--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
  execFileSync(systemProgram('unshare'), [...spaces, '/bin/sh', script, root], { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
}

function fillDatabase(root: string): void {
  const program = join(cacheFolder(), 'secantus', 'bin', 'secantusd-rs');
  if (!isExecutable(program)) throw new Error(`the database server has not been built as ${program}: npm run up does it`);
  makeRoot(root, { 'usr/local/bin/secantusd': program });
}
