import type { Connection, mongo } from 'mongoose';
import type { Allowance } from './allowances.ts';
import { allowances } from './allowances.ts';
import type { Query } from './recording.ts';
import { valuesOf } from './recording.ts';
import { SEEDING } from './seeds.ts';

type Document = mongo.BSON.Document;

export interface Cost {
  examined: number;
  returned: number;
  /** Reads every document of its collection. */
  isScan: boolean;
  /** `LIMIT < FETCH < IXSCAN companyId_1__id_-1`, from the outside in. */
  plan: string;
}

export interface Verdict extends Cost {
  query: Query;
  isFine: boolean;
  /** The index that had to be named, because the server's planner chose another that answers worse. */
  hint?: string;
  allowance?: Allowance;
}

/** Below this a scan is as good as an index. */
const FEW = 100;
/** Indexes that are tried by name. */
const MOST_TRIED = 6;

/** What a query may cost: three keys or documents looked at for each that is returned, and ten besides. */
const isWithin = ({ examined, returned, isScan }: Cost, query: Query): boolean =>
  examined <= 3 * returned + 10 && (!isScan || isForAll(query));

/** Reading on where nothing is asked of a document and no order is wanted. */
const isForAll = ({ command: { filter, sort } }: Query): boolean => JSON.stringify(filter) === '{}' && sort === undefined;

/**
 * Explains a query. MongoDB tries the plans it has and goes on with the best; the stand-in of docs/adr/0005 takes an index by its
 * form, without a try. So where its plan is too dear, the indexes that begin with what is asked are named one by one: the query is
 * fine when one of them answers it.
 */
export async function judge(connection: Connection, query: Query): Promise<Verdict> {
  const db = connection.getClient().db(connection.name);
  const collection = db.collection(query.collection);
  const first = await costOf(db, query.command);
  if (isWithin(first, query) || (await collection.estimatedDocumentCount(SEEDING)) < FEW)
    return { ...first, query, isFine: true };
  let best: Cost & { hint?: string } = first;
  for (const hint of candidates(await collection.indexes(), query)) {
    const named = await costOf(db, { ...query.command, hint });
    if (isWithin(named, query)) return { ...named, query, isFine: true, hint };
    if (named.examined < best.examined) best = { ...named, hint };
  }
  const allowance = await allowed(collection, query, best);
  return { ...best, query, isFine: allowance !== undefined, ...(allowance && { allowance }) };
}

/** Indexes that may answer a query: those that name one document first, then by how many leading fields are asked for or sorted by. */
function candidates(indexes: mongo.IndexDescriptionInfo[], { command }: Query): string[] {
  const asked = JSON.stringify(command);
  const known = (field: string) => asked.includes(`"${field}":`);
  const leading = (key: object) => [...Object.keys(key), ''].findIndex((field) => !known(field));
  return indexes
    .map(({ name, key, unique }) => ({ name, fields: leading(key), isOne: unique || name === '_id_' }))
    .filter(({ fields }) => fields > 0)
    .sort((a, b) => Number(b.isOne) - Number(a.isOne) || b.fields - a.fields)
    .slice(0, MOST_TRIED)
    .flatMap(({ name }) => name ?? []);
}

/** The allowance under which a query may read all that belongs to one person, shop or the like. */
async function allowed(collection: mongo.Collection, query: Query, { examined }: Cost): Promise<Allowance | undefined> {
  const found = allowances.filter(({ store }) => store === `${query.service}.${query.collection}`);
  for (const allowance of found) {
    const [filter] = valuesOf(query.command, allowance.field);
    if (filter === undefined) continue;
    const belonging = await collection.countDocuments({ [allowance.field]: filter } as Document, SEEDING);
    if (examined <= belonging + 10) return allowance;
  }
  return undefined;
}

async function costOf(db: mongo.Db, command: Document): Promise<Cost> {
  const explained = await db.command({ explain: command, verbosity: 'executionStats' });
  // An aggregation's own cost is that of what feeds its stages: a sum must read what it sums.
  const { executionStats: stats } = explained.stages?.[0]?.$cursor ?? explained;
  if (!stats) throw new Error(`not explained: ${JSON.stringify(explained)}`);
  const stages = [...stagesOf(stats.executionStages)];
  const { nReturned = 0, nCounted = 0 } = stages[0] ?? {};
  return {
    examined: Math.max(stats.totalKeysExamined, stats.totalDocsExamined),
    returned: Math.max(nReturned, nCounted),
    isScan: stages.some(({ stage }) => stage === 'COLLSCAN'),
    plan: stages.map(({ stage, indexName = '' }) => `${stage} ${indexName}`.trim()).join(' < '),
  };
}

function* stagesOf(stage: Document | undefined): Generator<Document> {
  if (!stage) return;
  yield stage;
  for (const inner of [stage.inputStage, ...(stage.inputStages ?? [])]) yield* stagesOf(inner);
}
