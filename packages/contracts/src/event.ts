import { z } from 'zod';

export const SERVICES = [
  'gateway',
  'auth',
  'company',
  'shop',
  'ecommerce',
  'sales',
  'payment',
  'inventory',
  'notification',
  'websocket',
  'audit',
  'analytics',
  'debt',
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** fact: logged, swept and audited. signal: at most once, published straight away. */
export type EventKind = 'fact' | 'signal';

export interface EventContract<Data = unknown> {
  /** `order.created`: the routing key. */
  readonly type: string;
  /** The service whose log holds it. */
  readonly producer: ServiceName;
  readonly version: number;
  readonly kind: EventKind;
  /** One sentence: exactly when it fires. */
  readonly when: string;
  readonly schema: z.ZodType<Data>;
  readonly example: Data;
}

interface EventDeclaration<Data> {
  type: string;
  producer: ServiceName;
  version?: number;
  kind?: EventKind;
  when: string;
  schema: z.ZodType<Data>;
  example: NoInfer<Data>;
}

/** Declares an event once; publishers, consumers, AsyncAPI, the audit trail and the contract tests derive from it. */
export function defineEvent<Data>(declaration: EventDeclaration<Data>): EventContract<Data> {
  return { version: 1, kind: 'fact', ...declaration };
}

/** One changed field, for the audit trail. A personal field is named without its values. */
export const change = z.strictObject({ field: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });
export type Change = z.infer<typeof change>;

/** CloudEvents 1.0 with Souk's extension attributes. `sequence` = version of the aggregate x 1000 + index in the commit. */
export const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string().regex(/^\/services\/[a-z]+$/),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  dataschema: z.string(),
  datacontenttype: z.string().optional(),
  companyid: z.string().optional(),
  sequence: z.int(),
  position: z.int(),
  actorid: z.string().optional(),
  actorrole: z.string().optional(),
  sessionid: z.string().optional(),
  requestid: z.string().optional(),
  traceparent: z.string().optional(),
  replay: z.boolean().optional(),
  changes: z.array(change).optional(),
  data: z.unknown(),
});
export type Envelope<Data = unknown> = Omit<z.infer<typeof envelope>, 'data'> & { data: Data };
