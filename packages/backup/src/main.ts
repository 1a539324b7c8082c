// Dumps the databases of all services as of one moment, and brings them, or what one company has lost of them, back.
import { parseArgs } from 'node:util';
import { SERVICES } from '@souk/contracts';
import { MongoClient } from 'mongodb';
import type { BroughtBack } from './company.ts';
import { readDatabaseUri } from './config.ts';
import { dump, keepNewest, RefusedRestore, restore, restoreCompany } from './index.ts';

const USAGE = `Usage: backup dump <folder> [--keep <count>]
       backup restore <dump> [--replace]
       backup restore <dump> --company <id>
MONGODB_URI says which server; that of \`npm run up\` when it is not set.`;

class UnknownCommand extends Error {}

type Run = (client: MongoClient) => Promise<string[]>;

function readCommand(): Run {
  const options = { keep: { type: 'string' }, replace: { type: 'boolean' }, company: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command, folder] = positionals;
  if (folder === undefined || positionals.length > 2) throw new UnknownCommand(USAGE);
  const { keep, replace = false, company: companyId } = values;
  if (command === 'dump' && !replace && companyId === undefined)
    return runDump(folder, keep === undefined ? undefined : countOf(keep));
  if (command !== 'restore' || keep !== undefined) throw new UnknownCommand(USAGE);
  if (companyId === undefined) return runRestore(folder, replace);
  if (replace) throw new UnknownCommand(USAGE);
  return async (client) => (await restoreCompany(client, { folder, companyId })).flatMap(tellBroughtBack);
}

function countOf(keep: string): number {
  if (!/^[1-9]\d*$/.test(keep)) throw new UnknownCommand(`--keep ${keep}: how many dumps to keep, 1 or more`);
  return Number(keep);
}

const runDump =
  (into: string, keep: number | undefined): Run =>
  async (client) => {
    const folder = await dump(client, { into, databases: SERVICES.map((name) => `${name}db`) });
    const gone = keep === undefined ? [] : keepNewest(into, keep);
    return [`dumped to ${folder}`, ...gone.map((name) => `removed ${name}`)];
  };

const runRestore =
  (folder: string, replace: boolean): Run =>
  async (client) => {
    const { takenAt, collections } = await restore(client, { folder, replace });
    const documents = collections.reduce((sum, collection) => sum + collection.documents, 0);
    return [`restored ${documents} documents of ${collections.length} collections, as of ${takenAt.toISOString()}`];
  };

function tellBroughtBack({ database, name, brought, there, refused, older }: BroughtBack): string[] {
  return [
    `${database}.${name}: ${brought} brought back, ${there} were there`,
    ...refused.map((id) => `  ${id} not: its place was taken meanwhile`),
    ...older.map((id) => `  ${id} is older than what was told of it since`),
  ];
}

async function main(): Promise<void> {
  const run = readCommand();
  const client = new MongoClient(readDatabaseUri());
  try {
    for (const line of await run(await client.connect())) process.stdout.write(`${line}\n`);
  } finally {
    await client.close();
  }
}

// Messages only: what else an error of the driver carries may name the server's password.
await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UnknownCommand ? 2 : error instanceof RefusedRestore ? 3 : 1;
});
