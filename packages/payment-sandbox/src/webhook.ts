import { z } from 'zod';
import type { Gateway } from './gateway.ts';

export const webhookInput = z.strictObject({
  /** Where events go; null goes back to the address the gateway was started with. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable(),
});

const settingName = 'webhookUrl';

/** Sets the address of all deliveries; it outlives a restart and wins over the environment until it is set to null. */
export function setWebhookUrl(gateway: Gateway, url: string | null): void {
  if (url === null) gateway.book.write('DELETE FROM settings WHERE name = :name', { name: settingName });
  else gateway.book.write('INSERT OR REPLACE INTO settings (name, value) VALUES (:name, :url)', { name: settingName, url });
}

/** The address of deliveries, or null when there is none and events have to wait. */
export function findWebhookUrl(gateway: Gateway, fallback: string | null): string | null {
  const found = gateway.book.find('SELECT value FROM settings WHERE name = :name', { name: settingName });
  return found ? z.string().parse(found.value) : fallback;
}

const counted = z.object({ status: z.enum(['pending', 'delivered', 'dropped', 'expired']), events: z.int() });

/** How many events are in each state; at rest `pending` is 0. */
export function countEvents(gateway: Gateway): Record<'pending' | 'delivered' | 'dropped' | 'expired', number> {
  const counts = { pending: 0, delivered: 0, dropped: 0, expired: 0 };
  for (const row of gateway.book.list('SELECT status, count(*) AS events FROM events GROUP BY status')) {
    const { status, events } = counted.parse(row);
    counts[status] = events;
  }
  return counts;
}
