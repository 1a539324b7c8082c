import type { Context } from '@souk/service-kit';
import { holds } from '../hold/hold.store.ts';
import { outstanding } from '../hold/lines.rules.ts';
import { movements } from './movement.store.ts';
import { noteInvariants } from './self-check.figures.ts';
import { stock } from './stock.store.ts';

export const SELF_CHECK_MS = 300_000;
const MOST_ITEMS = 200;

/** What an item says against what its movements and the holds on it say. */
interface Discrepancy {
  stockId: string;
  onHand: number;
  moved: number;
  reserved: number;
  held: number;
}

const isNotAsMoved = ({ onHand, moved }: Discrepancy): boolean => onHand !== moved;
const isNotAsHeld = ({ reserved, held }: Discrepancy): boolean => reserved !== held;
const isOversold = ({ onHand, reserved }: Discrepancy): boolean => reserved > onHand;

/** Holds items that changed lately to their movements and holds, in one snapshot. Differences are told loudly, never repaired. */
export async function checkChangedStock(ctx: Context): Promise<Discrepancy[]> {
  // Two rounds back, so that what changes while one runs is looked at in the next.
  const since = new Date(ctx.now().getTime() - 2 * SELF_CHECK_MS);
  const wrong = await ctx.transaction(async (tx) => {
    const items = await tx.in(stock).find({ updatedAt: { $gte: since } }, { sort: { updatedAt: -1 }, limit: MOST_ITEMS });
    const ids = items.map(({ _id }) => _id);
    const moved = await tx
      .in(movements)
      .aggregate<{ _id: string; sum: number }>([
        { $match: { stockId: { $in: ids } } },
        { $group: { _id: '$stockId', sum: { $sum: '$delta' } } },
      ]);
    const held = new Map<string, number>();
    for (const { lines } of await tx.in(holds).find({ open: { $in: ids } }))
      for (const line of lines) if (line.stockId) held.set(line.stockId, (held.get(line.stockId) ?? 0) + outstanding(line));
    return items
      .map(({ _id, onHand, reserved }) => ({
        stockId: _id,
        onHand,
        moved: moved.find((row) => row._id === _id)?.sum ?? 0,
        reserved,
        held: held.get(_id) ?? 0,
      }))
      .filter((figures) => isNotAsMoved(figures) || isNotAsHeld(figures) || isOversold(figures));
  });
  await noteInvariants(ctx, {
    stock_as_moved: wrong.filter(isNotAsMoved).length,
    stock_as_held: wrong.filter(isNotAsHeld).length,
    stock_not_oversold: wrong.filter(isOversold).length,
  });
  for (const figures of wrong) ctx.log.error(figures, 'a stock item does not equal its movements and holds');
  return wrong;
}
