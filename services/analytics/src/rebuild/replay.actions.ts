import type { Envelope, EventContract, ServiceName } from '@souk/contracts';
import {
  companyCreated,
  companySettingsUpdated,
  orderCancelled,
  orderConfirmed,
  paymentRefunded,
  productCreated,
  productUpdated,
} from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { countFacts } from '../order/count.actions.ts';
import type { OrderFact } from '../order/order.rules.ts';
import { cancelledFact, confirmedFact, refundedFact } from '../order/order.rules.ts';
import { keepCompany, keepProduct } from '../reference/reference.actions.ts';

/** One type of fact, and what a replay of it does. */
interface Source {
  type: string;
  producer: ServiceName;
  apply(event: Envelope, ctx: Context, generation: number): Promise<unknown>;
}

type Apply<Data> = (event: Envelope<Data>, ctx: Context, generation: number) => Promise<unknown>;

/** A fact that is not as its contract says was set aside when it came, and counts for nothing here either. */
const source = <Data>({ type, producer, schema }: EventContract<Data>, apply: Apply<Data>): Source => ({
  type,
  producer,
  apply: async (event, ctx, generation) => {
    const data = schema.safeParse(event.data);
    if (data.success) await apply({ ...event, data: data.data }, ctx, generation);
  },
});

const figures = <Data>(contract: EventContract<Data>, read: (data: Data, at: Date) => OrderFact | undefined): Source =>
  source(contract, async ({ data, time }, ctx, generation) => {
    const fact = read(data, new Date(time));
    if (fact) await ctx.batch(countFacts, { fact, generation });
  });

const SOURCES: readonly Source[] = [
  source(companyCreated, keepCompany),
  source(companySettingsUpdated, keepCompany),
  source(productCreated, keepProduct),
  source(productUpdated, keepProduct),
  figures(orderConfirmed, confirmedFact),
  figures(orderCancelled, cancelledFact),
  figures(paymentRefunded, refundedFact),
];

/** Whose logs the figures are made of. */
export const PRODUCERS: readonly ServiceName[] = [...new Set(SOURCES.map(({ producer }) => producer))];

export const typesOf = (producer: ServiceName): string[] =>
  SOURCES.flatMap((each) => (each.producer === producer ? [each.type] : []));

/** Applies a page of a log to `generation`: what is about one thing in its sequence, different things side by side. */
export async function applyPage(ctx: Context, events: readonly Envelope[], generation: number): Promise<void> {
  const bySubject = Map.groupBy(events, ({ subject }) => subject);
  await Promise.all(
    [...bySubject.values()].map(async (about) => {
      for (const event of about) await SOURCES.find(({ type }) => type === event.type)?.apply(event, ctx, generation);
    }),
  );
}
