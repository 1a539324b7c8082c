import os from 'node:os';
import { SERVICES } from '@souk/contracts';
import mongoose from 'mongoose';
import { z } from 'zod';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { listAll } from './lists.ts';
import type { Place, Platform } from './platform.ts';

/** The databases behind a platform, for what no public endpoint shows. */
export interface Databases {
  of(service: string): mongoose.mongo.Db;
  close(): Promise<void>;
}

export async function openDatabases({ system }: Platform<Place>): Promise<Databases> {
  // The system's calls are given, because the driver would import them dynamically, which Jest's modules do not allow.
  const client = await new mongoose.mongo.MongoClient(system.mongodbUri, { runtimeAdapters: { os } }).connect();
  return { of: (service) => client.db(`${service}db`), close: () => client.close() };
}

interface LoggedFact {
  _id: string;
  type: string;
  subject: string;
  position: number;
  time: Date;
  data: { orderId?: string };
}

const entry = z.object({
  id: z.string(),
  companyId: z.string(),
  type: z.string(),
  resourceId: z.string(),
  at: z.string(),
  source: z.string(),
  position: z.int(),
  data: z.unknown(),
});

/** A fact as a producer's log has it and as audit has it: both must be the same. */
export type Fact = z.infer<typeof entry>;

/** Every fact of a company in the logs of all producers. */
export async function loggedFacts(databases: Databases, { companyId }: Tenant): Promise<Fact[]> {
  const logs = await Promise.all(
    SERVICES.map(async (service) => {
      // One that names the company in its data only would be missing from the company's chain, so it counts too.
      const filter = { $or: [{ companyId }, { 'data.companyId': companyId }] };
      const facts = await databases.of(service).collection<LoggedFact>('events').find(filter).toArray();
      return facts.map(({ _id, type, subject, position, time, data }) => ({
        ...{ id: _id, companyId, type, resourceId: subject, at: time.toISOString(), source: `/services/${service}` },
        ...{ position, data },
      }));
    }),
  );
  return logs.flat();
}

/** Every entry that a company's administrator is shown. */
export const auditEntries = (platform: Platform<Place>, { admin }: Tenant): Promise<Fact[]> =>
  listAll(platform, '/audit/logs', { token: admin.token, row: entry });

const naming = z.object({ orderId: z.string() });

/** Of an order, its payment, its goods, its debt, its invoices, and what was told of them. */
export const isAbout = (orderId: string, { resourceId, data }: Fact): boolean =>
  resourceId === orderId || naming.safeParse(data).data?.orderId === orderId;

/** The facts about an order, in a sequence that does not depend on where they were read. */
export const factsAbout = (facts: readonly Fact[], orderId: string): Fact[] =>
  facts.filter((fact) => isAbout(orderId, fact)).sort((a, b) => (a.id < b.id ? -1 : 1));
