import type { LiveMessage } from './platform.ts';

const TOLD: Record<string, string> = {
  created: 'pending',
  confirmed: 'confirmed',
  processing: 'processing',
  partly_shipped: 'processing',
  shipped: 'shipped',
  delivered: 'delivered',
  completed: 'completed',
  cancelled: 'cancelled',
};

/** The statuses that the steps of an order's timeline are told as. Steps of its payment have none. */
export function statusesOf(steps: readonly string[]): string[] {
  return steps.flatMap((step, index) => {
    const status = TOLD[step];
    if (status === undefined) return [];
    // The first parcel of several says twice that the order is being worked on: that it is now, and that the parcel has left.
    const isFirst = step === 'partly_shipped' && !steps.slice(0, index).some((before) => TOLD[before] === 'processing');
    return isFirst ? [status, status] : [status];
  });
}

/** What a room heard of an order's status, as it came. */
export const heardOf = (told: readonly LiveMessage[], at: { room: string; orderId: string }): LiveMessage[] =>
  told.filter(({ room, event, data }) => room === at.room && event === 'order:status_updated' && data.orderId === at.orderId);

/** Pairs of neighbours of which the second is not `isNext` of the first, in words. */
export function breaks(numbers: readonly (number | undefined)[], isNext: (before: number, after: number) => boolean): string[] {
  return numbers.flatMap((after, index) => {
    if (!Number.isSafeInteger(after)) return [`${after} is no number`];
    const before = numbers[index - 1];
    return index === 0 || isNext(before ?? Number.NaN, after ?? Number.NaN) ? [] : [`${after} comes after ${before}`];
  });
}
