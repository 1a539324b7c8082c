import { analyticsDashboardUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import type { Movement } from '../order/movement.rules.ts';
import { findCompany } from '../reference/company.store.ts';
import { figuresOf } from '../report/figure.rules.ts';
import { nextStart, startOf } from '../report/period.rules.ts';
import { sumRollups } from '../report/sum.store.ts';
import { localDate, zoneNamed } from '../report/zone.rules.ts';
import type { ChangedDashboard } from './signal.store.ts';
import { changedDashboards } from './signal.store.ts';

/** Told in one run at most; the others wait a second longer. */
const MOST_AT_ONCE = 200;

/** Notes, in the transaction that changes figures, whose dashboards are not true any more. */
export async function noteChanged(tx: Tx, moved: readonly Movement[]): Promise<void> {
  const newest = new Map<string, Movement['place']>();
  for (const { place } of moved) {
    const _id = `${place.companyId}:${place.currency}`;
    const known = newest.get(_id);
    if (!known || known.bucket < place.bucket) newest.set(_id, place);
  }
  await tx.in(changedDashboards).bulkWrite(
    [...newest].map(([_id, { companyId, currency, bucket }]) => ({
      updateOne: {
        filter: { _id },
        update: { $setOnInsert: { companyId, currency }, $max: { at: new Date(bucket) }, $inc: { version: 1 } },
        upsert: true,
      },
    })),
  );
}

/** Tells of each company's changes since the last run. Run once a second by one replica, it tells each at most once a second. */
export async function tellChanges(ctx: Context): Promise<void> {
  for (const changed of await ctx.in(changedDashboards).find({}, { limit: MOST_AT_ONCE })) {
    const { _id, version } = changed;
    // Forgotten first: what changes from here on is told by the next run.
    if ((await ctx.in(changedDashboards).deleteOne({ _id, version })) === 1) await tellChange(ctx, changed);
  }
}

async function tellChange(ctx: Context, { companyId, currency, at }: ChangedDashboard): Promise<void> {
  const zone = zoneNamed((await findCompany(ctx, companyId))?.timezone);
  const from = startOf('day', zone, at.getTime());
  const to = nextStart('day', zone, from);
  const [sum] = await sumRollups(ctx, { companyId, currency, from, to, by: 'currency' });
  const { gross, refunds, orders, averageOrder } = figuresOf(sum ? [sum] : []);
  const day = localDate(zone, from);
  const figures = { grossRevenue: gross, refunds, orders, averageOrder };
  const data = { companyId, day, currency, ...figures, at: ctx.now().toISOString() };
  ctx.signal(analyticsDashboardUpdated, { subject: companyId, companyId, data });
}
