import type { ServiceName } from '@souk/contracts';
import { envelope } from '@souk/contracts';
import { z } from 'zod';
import { services } from '../access.ts';
import type { Endpoint } from '../endpoint.ts';
import { implement } from '../endpoint.ts';
import { system } from '../mongo/scope.ts';
import type { Delivery } from './delivery.ts';
import { seenEvents } from './inbox.ts';
import { logCall } from './sweep.ts';

const body = z.strictObject({ event: envelope });
/** What became of an event: `known` had its effect before, `ignored` is none that the service listens to any more. */
const output = z.object({ outcome: z.enum(['applied', 'set_aside', 'known', 'ignored']) });

/** Asks a consumer to work an event off that it had set aside. */
export const redriveAt = logCall('redrive', { body, output });

/**
 * Works a dead letter off again, at the one consumer that set it aside: publishing it once more would reach the others too. Only an
 * event that is remembered as set aside, or not at all, is worked off, so a repeat has no second effect.
 */
export function redriveEndpoint(service: ServiceName, delivery: Pick<Delivery, 'apply'>): Endpoint {
  return implement(redriveAt(service), services('audit'), async ({ body: { event } }, ctx) => {
    const inbox = ctx.as(system('a dead letter is redriven')).in(seenEvents);
    const aside = await inbox.findOne({ _id: event.id, setAside: true });
    await inbox.deleteOne({ _id: event.id, setAside: true });
    try {
      if (!(await delivery.apply({ ...event, data: event.data }))) return { outcome: 'known' };
    } catch (error) {
      // It is a dead letter still: without its mark the sweep would count it as lost.
      if (aside) await inbox.insertOne(aside);
      throw error;
    }
    const now = await inbox.findOne({ _id: event.id });
    if (!now) return { outcome: 'ignored' };
    return { outcome: now.setAside ? 'set_aside' : 'applied' };
  });
}
