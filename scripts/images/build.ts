import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { ImageConfig, Layer } from './archive.ts';
import { layerOf } from './archive.ts';
import type { Source } from './context.ts';
import { copy, stageSource } from './context.ts';
import type { Instruction, Stage } from './dockerfile.ts';
import { pairsOf } from './dockerfile.ts';

/** What a build stands on, and where it keeps things. */
export interface BuildFolders {
  /** What COPY reads unless it says `--from`. */
  checkout: Source;
  /** Stages that other stages copy from, kept by name for all images of a run. */
  stages: string;
  layers: string;
  /** Layers of this run by what made them. */
  known: Map<string, Layer>;
}

export interface Built {
  config: ImageConfig;
  layers: Layer[];
}

/**
 * Runs a stage that others copy from: its files come to be in a folder of its name. RUN is run by this machine's shell in that folder,
 * which is why such a stage may do nothing that depends on the image it stands on. Does nothing when the folder was made already.
 */
export function runStage(stage: Stage, folders: BuildFolders, made: Set<string>): void {
  if (made.has(stage.name)) return;
  made.add(stage.name);
  const target = join(folders.stages, stage.name);
  rmSync(target, { recursive: true, force: true });
  let workdir = '/';
  for (const { name, value } of stage.instructions) {
    if (name === 'WORKDIR') workdir = posix.resolve(workdir, value);
    mkdirSync(join(target, workdir), { recursive: true });
    if (name === 'COPY') runCopy(value, { folders, target, workdir });
    if (name === 'RUN')
      execFileSync('/bin/sh', ['-ec', value], { cwd: join(target, workdir), stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

/** The last stage: each COPY is a layer of its own, as Docker makes it, so that images share what they have in common. */
export async function buildImage(stage: Stage, folders: BuildFolders, base: Layer): Promise<Built> {
  const layers = [base];
  const config: ImageConfig = { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Entrypoint: [], WorkingDir: '/', Labels: {} };
  for (const instruction of stage.instructions) {
    if (instruction.name === 'COPY') layers.push(await copyLayer(instruction.value, folders, config.WorkingDir));
    else configure(config, instruction);
  }
  return { config, layers };
}

async function copyLayer(value: string, folders: BuildFolders, workdir: string): Promise<Layer> {
  const made = `${workdir} ${value}`;
  const known = folders.known.get(made);
  if (known) return known;
  const target = mkdtempSync(join(dirname(folders.layers), 'layer-'));
  // The folder itself is in the layer, as the root that whoever runs the image must be able to enter.
  chmodSync(target, 0o755);
  try {
    runCopy(value, { folders, target, workdir });
    const layer = await layerOf(target, folders.layers);
    folders.known.set(made, layer);
    return layer;
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function runCopy(value: string, { folders, target, workdir }: { folders: BuildFolders; target: string; workdir: string }): void {
  const words = value.split(/\s+/);
  const stage = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  const to = words.pop() ?? '';
  const from = stage === undefined ? folders.checkout : stageSource(join(folders.stages, stage));
  const slash = to.endsWith('/') ? '/' : '';
  copy({ from, paths: words, target, to: posix.join(workdir, to) + slash });
}

function configure(config: ImageConfig, { name, value }: Instruction): void {
  if (name === 'WORKDIR') config.WorkingDir = posix.resolve(config.WorkingDir, value);
  else if (name === 'USER') config.User = value;
  else if (name === 'ENTRYPOINT') config.Entrypoint = JSON.parse(value);
  else if (name === 'LABEL') Object.assign(config.Labels, pairsOf(value));
  else if (name === 'ENV') config.Env.push(...Object.entries(pairsOf(value)).map(([key, one]) => `${key}=${one}`));
  else throw new Error(`${name} has no place in the stage that becomes the image`);
}
