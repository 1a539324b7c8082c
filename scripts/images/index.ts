import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, root } from '../system/places.ts';
import type { Image } from './archive.ts';
import { layerOf, writeArchive } from './archive.ts';
import { makeRoot } from './base.ts';
import { buildImage, runStage } from './build.ts';
import { checkoutSource } from './context.ts';
import { parseDockerfile } from './dockerfile.ts';

/** Packages that a cluster without a mail server or payment gateway runs. */
export const STAND_INS = ['mail-catcher', 'payment-sandbox'] as const;

export interface ImageSet {
  /** As in the chart's values: `<repository>-<service>:<tag>`. */
  repository: string;
  /** Each image under each of them. */
  tags: readonly string[];
  services: readonly string[];
  file: string;
}

/**
 * Makes the images that Docker would make from the project's Dockerfile, without Docker: its stages are run here, and stand on a root of
 * this machine's Node alone. Linux only. Gives what it made, and writes all of it into one archive.
 */
export async function writeImages({ repository, tags, services, file }: ImageSet): Promise<Image[]> {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const work = join(cacheFolder(), 'images');
  const folders = {
    checkout: checkoutSource(root),
    stages: join(work, 'stages'),
    layers: join(work, 'layers'),
    known: new Map(),
  };
  mkdirSync(folders.layers, { recursive: true });
  const base = join(work, 'base');
  makeRoot(base, { 'usr/local/bin/node': process.execPath });
  const baseLayer = await layerOf(base, folders.layers);
  const made = new Set<string>();
  const images: Image[] = [];
  const wanted: { name: string; stage: string; args: Record<string, string> }[] = [
    ...services.map((name) => ({ name, stage: 'service', args: { SERVICE: name } })),
    ...STAND_INS.map((name) => ({ name, stage: 'stand-in', args: { PACKAGE: name } })),
    ...['demo', 'backup'].map((name) => ({ name, stage: name, args: {} })),
  ];
  for (const { name, stage, args } of wanted) {
    const stages = parseDockerfile(text, args);
    for (const one of stages.filter(({ name }) => name === 'manifests' || name === 'dependencies')) runStage(one, folders, made);
    const last = stages.find((one) => one.name === stage);
    if (!last) throw new Error(`the Dockerfile has no stage ${stage}`);
    const built = await buildImage(last, folders, baseLayer);
    for (const tag of tags) images.push({ reference: `${repository}-${name}:${tag}`, ...built });
  }
  writeArchive(images, { file, layersFolder: folders.layers });
  return images;
}
