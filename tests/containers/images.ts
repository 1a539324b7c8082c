import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerRuntimeClient } from 'testcontainers';
import { ImageName } from 'testcontainers';
import { parse } from 'yaml';
import { IMAGES, provideImages } from '../../scripts/cluster/images.ts';
import { root } from '../../scripts/system/places.ts';
import type { Say } from '../../scripts/system/ways.ts';

/** An image that the engine has, and how its program is started. */
export interface Image {
  name: string;
  command: string[];
  /** Undefined leaves it to the image. */
  user: string | undefined;
}

type Part = 'rabbitmq' | 'mongodb' | 'daprd';

/** Made images by their names, and the arguments that they need: those of the test cluster. */
const MADE = {
  rabbitmq: { image: 'rabbitmq', command: [] },
  mongodb: {
    image: 'secantusd',
    command: ['--host', '0.0.0.0', '--storage-path', '/data/db', '--sync-on-commit', '--cache-size', '256M'],
  },
  daprd: { image: 'daprd', command: [] },
} as const;

/** The image of a part as compose.yaml has it, where a registry answers or the engine has it already; one made locally otherwise. */
export async function provideImage(engine: ContainerRuntimeClient, part: Part, say: Say): Promise<Image> {
  const published = publishedImage(part);
  const name = ImageName.fromString(published.name);
  if (await engine.image.exists(name)) return published;
  try {
    await engine.image.pull(name);
    return published;
  } catch (error) {
    say(`${published.name} is not to be had (${error instanceof Error ? error.message : String(error)})`);
  }
  const { image, command } = MADE[part];
  await load(engine, IMAGES[image], () => provideImages([image], say));
  // All files of a made image are root's, the folders that its program writes to among them.
  return { name: IMAGES[image], command: [...command], user: '0:0' };
}

function publishedImage(part: Part): Image {
  if (part === 'daprd') {
    const [, name = ''] = /^ARG DAPRD_IMAGE=(\S+)$/m.exec(read('scripts', 'compose', 'Dockerfile')) ?? [];
    // Its own user may not read the secrets that are copied into it.
    return { name, command: ['/daprd'], user: '0:0' };
  }
  const { image, command = [] } = parse(read('compose.yaml'), { merge: true }).services[part];
  return { name: image, command, user: undefined };
}

async function load(engine: ContainerRuntimeClient, name: string, archives: () => Promise<string[]>): Promise<void> {
  if (await engine.image.exists(ImageName.fromString(name))) return;
  for (const archive of await archives()) {
    const told = await engine.container.dockerode.loadImage(createReadStream(archive));
    await new Promise((resolve, reject) => told.once('end', resolve).once('error', reject).resume());
  }
}

function read(...path: string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}
