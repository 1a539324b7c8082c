import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A layer as a tar file, named by the digest of its bytes: the same content is the same layer, whichever image has it. */
export interface Layer {
  digest: string;
  file: string;
}

/** What a container is started with, in the words of the image specification. */
export interface ImageConfig {
  User?: string;
  Env: string[];
  Entrypoint: string[];
  WorkingDir: string;
  Labels: Record<string, string>;
}

export interface Image {
  /** With registry and tag, as a node asks for it. */
  reference: string;
  config: ImageConfig;
  layers: readonly Layer[];
}

/** Makes a layer of a folder's content. Owner, time and sequence are fixed, so that equal content gives equal bytes. */
export async function layerOf(folder: string, layersFolder: string): Promise<Layer> {
  mkdirSync(layersFolder, { recursive: true });
  const fresh = join(layersFolder, `${process.pid}.tar`);
  const fixed = [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mtime=@0',
    '--format=pax',
    '--pax-option=delete=atime,delete=ctime',
  ];
  execFileSync('tar', [...fixed, '--mode=go-w', '-C', folder, '-cf', fresh, '.']);
  const hash = createHash('sha256');
  await pipeline(createReadStream(fresh), hash);
  const digest = hash.digest('hex');
  const file = join(layersFolder, `${digest}.tar`);
  renameSync(fresh, file);
  return { digest, file };
}

const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** Writes all images into one archive as `docker load` and `ctr images import` take it; a layer that several share is in it once. */
export function writeArchive(images: readonly Image[], { file, layersFolder }: { file: string; layersFolder: string }): void {
  const names: string[] = [];
  const manifest = images.map(({ reference, config, layers }) => {
    const text = JSON.stringify({
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      os: 'linux',
      created: new Date(0).toISOString(),
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => `sha256:${digest}`) },
      history: layers.map(() => ({ created: new Date(0).toISOString() })),
    });
    const name = `${createHash('sha256').update(text).digest('hex')}.json`;
    writeFileSync(join(layersFolder, name), text);
    names.push(name, ...layers.map(({ digest }) => `${digest}.tar`));
    return { Config: name, RepoTags: [reference], Layers: layers.map(({ digest }) => `${digest}.tar`) };
  });
  writeFileSync(join(layersFolder, 'manifest.json'), JSON.stringify(manifest));
  execFileSync('tar', ['-C', layersFolder, '-cf', file, 'manifest.json', ...new Set(names)]);
}
