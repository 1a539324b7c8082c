import { mkdirSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { PartPlan } from '../part.ts';
import { cacheFolder, findOnPath, isExecutable } from '../places.ts';
import type { Say } from '../ways.ts';
import { build, firstThatWorks } from '../ways.ts';

/** A server that speaks MongoDB's protocol: `mongod` is a replica set of one, `secantusd` announces itself as one. */
export interface DatabaseProgram {
  kind: 'mongod' | 'secantusd';
  file: string;
}

const SECANTUS_VERSION = '0.5.3-beta.193';
const MONGOD_VERSION = '8.0.13';
const CARGO_TIMEOUT_MS = 40 * 60_000;

/** A database server's program; downloads or builds one if need be. Throws PartMissing. */
export function findDatabase(say: Say): Promise<DatabaseProgram> {
  const cached = join(cacheFolder(), 'secantus', 'bin', 'secantusd-rs');
  const advice =
    'Install MongoDB 8 (mongod on the PATH), or Rust (https://rustup.rs), or set MONGODB_URI to a replica set that runs.';
  return firstThatWorks<DatabaseProgram>({ name: 'MongoDB', advice, say }, [
    { what: 'mongod on the PATH', get: () => asMongod(findOnPath('mongod')) },
    { what: 'the cache', get: () => (isExecutable(cached) ? { kind: 'secantusd', file: cached } : undefined) },
    { what: 'mongodb-memory-server', get: () => downloadedMongod(say) },
    { what: 'cargo install secantus-mdb', get: () => builtSecantus(cached, say) },
  ]);
}

function asMongod(file: string | undefined): DatabaseProgram | undefined {
  return file === undefined ? undefined : { kind: 'mongod', file };
}

async function downloadedMongod(say: Say): Promise<DatabaseProgram> {
  const { MongoBinary } = await import('mongodb-memory-server-core');
  say(`MongoDB: downloading mongod ${MONGOD_VERSION}`);
  const file = await MongoBinary.getPath({ version: MONGOD_VERSION, downloadDir: join(cacheFolder(), 'mongod'), checkMD5: true });
  return { kind: 'mongod', file };
}

/** A server in Rust over WiredTiger, run as a program: where no release of MongoDB can be downloaded. */
async function builtSecantus(cached: string, say: Say): Promise<DatabaseProgram | undefined> {
  const cargo = findOnPath('cargo', [join(process.env.HOME ?? '', '.cargo', 'bin')]);
  if (cargo === undefined) return undefined;
  say(`MongoDB: building secantusd ${SECANTUS_VERSION} with cargo; 4 to 10 minutes, once`);
  const target = join(cacheFolder(), 'secantus');
  const args = ['install', 'secantus-mdb', '--version', SECANTUS_VERSION, '--ignore-rust-version', '--root', target];
  await build({
    file: cargo,
    args,
    cwd: cacheFolder(),
    logFile: join(cacheFolder(), 'build', 'cargo.log'),
    say,
    timeoutMs: CARGO_TIMEOUT_MS,
  });
  return { kind: 'secantusd', file: cached };
}

/** The address that services and sidecars use; direct, because a replica set of one announces a name that need not resolve. */
export function databaseUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

export function planDatabase(options: { folder: string; port: number; program: DatabaseProgram }): PartPlan {
  const { folder, port, program } = options;
  mkdirSync(folder, { recursive: true });
  return {
    name: 'mongodb',
    command: { file: program.file, args: argumentsFor(options), env: { PATH: process.env.PATH, HOME: folder }, cwd: folder },
    ports: { mongodb: port },
    ready: () => isPrimary(port, program.kind),
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 20_000,
  };
}

function argumentsFor({ folder, port, program }: { folder: string; port: number; program: DatabaseProgram }): string[] {
  if (program.kind === 'mongod') {
    return [
      '--bind_ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--dbpath',
      folder,
      '--replSet',
      'souk',
      '--wiredTigerCacheSizeGB',
      '0.5',
      // What a killed client leaves open locks its documents for so long; the default is a minute.
      '--setParameter',
      'transactionLifetimeLimitSeconds=15',
    ];
  }
  // Without the sync, a killed server has lost writes that it acknowledged as journalled.
  const storage = ['--storage-path', folder, '--sync-on-commit', '--cache-size', '512M'];
  return ['--host', '127.0.0.1', '--port', String(port), ...storage, '--log-level', 'WARNING'];
}

/** Whether the server takes writes; a new mongod is made a replica set of one on the way. */
async function isPrimary(port: number, kind: DatabaseProgram['kind']): Promise<boolean> {
  // Given, because the driver would otherwise load it by a dynamic import, which does not exist inside Jest.
  const runtimeAdapters = { os };
  const client = new MongoClient(databaseUri(port), {
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
    runtimeAdapters,
  });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello.isWritablePrimary) return true;
    if (kind === 'mongod' && !hello.setName) {
      await admin.command({ replSetInitiate: { _id: 'souk', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } });
    }
    return false;
  } finally {
    await client.close();
  }
}
