import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document, IndexDescriptionInfo } from 'mongodb';
import { BSON } from 'mongodb';
import type { WrittenFile } from './bson-file.ts';
import { measureFile } from './bson-file.ts';
import type { MomentKind } from './moment.ts';

const FILE = 'manifest.json';
const FORMAT = 'souk-backup-1';

export interface DumpedCollection extends WrittenFile {
  database: string;
  name: string;
  options: Document;
  /** Without the one of `_id`, which every collection has. */
  indexes: IndexDescriptionInfo[];
}

/** What a dump holds. It is written last, so a folder that has one is whole. */
export interface Manifest {
  format: typeof FORMAT;
  /** All databases are as they were then. */
  takenAt: Date;
  endedAt: Date;
  /** How the server kept that moment for the reader. */
  moment: MomentKind;
  serverVersion: string;
  databases: string[];
  collections: DumpedCollection[];
}

/** A dump that is not as it was written, or a target that must not be written to: nothing was changed. */
export class RefusedRestore extends Error {}

export const fileOf = ({ database, name }: Pick<DumpedCollection, 'database' | 'name'>): string => `${database}.${name}.bson.gz`;

export function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>): void {
  const text = BSON.EJSON.stringify({ format: FORMAT, ...manifest }, undefined, 2);
  writeFileSync(join(folder, FILE), `${text}\n`, { mode: 0o600, flush: true });
}

/** The manifest of a dump, once every file it names has been read and is as it was written. Throws RefusedRestore. */
export async function verifyDump(folder: string): Promise<Manifest> {
  const manifest = readManifest(folder);
  const faults: string[] = [];
  for (const collection of manifest.collections) {
    const file = fileOf(collection);
    const found = await measureFile(join(folder, file)).catch(() => undefined);
    if (!found) faults.push(`${file} cannot be read`);
    else if (found.bytes !== collection.bytes || found.sha256 !== collection.sha256)
      faults.push(`${file} is not as it was written`);
  }
  if (faults.length > 0) throw new RefusedRestore(`the dump is damaged: ${faults.join(', ')}`);
  return manifest;
}

function readManifest(folder: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = BSON.EJSON.parse(readFileSync(join(folder, FILE), 'utf8'));
  } catch (error) {
    throw new RefusedRestore(`${folder} is not a whole dump: its ${FILE} cannot be read`, { cause: error });
  }
  if (manifest.format !== FORMAT) throw new RefusedRestore(`${folder} is of the format ${manifest.format}, not ${FORMAT}`);
  return manifest;
}
