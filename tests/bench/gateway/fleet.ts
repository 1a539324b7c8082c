import { startBenchDatabase } from '../bench-database.ts';
import type { BenchProcess } from './process.ts';
import { startProcess } from './process.ts';

/** The processes of one bench; they share a database. */
export interface Fleet {
  start<Hello>(name: string, env?: Record<string, string>): Promise<BenchProcess<Hello>>;
}

/** Runs `work` with processes, and ends them. */
export async function withFleet<Result>(work: (fleet: Fleet) => Promise<Result>): Promise<Result> {
  const database = await startBenchDatabase();
  const started: BenchProcess<unknown>[] = [];
  const start = async <Hello>(name: string, env: Record<string, string> = {}) => {
    const one = await startProcess<Hello>(name, { DATABASE: database.uri, ...env });
    started.push(one);
    return one;
  };
  try {
    return await work({ start });
  } finally {
    await Promise.all(started.map((one) => one.stop()));
    await database.stop();
  }
}
