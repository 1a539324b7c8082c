import type { Envelope, ServiceName } from '@souk/contracts';
import { defineCall } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { z } from 'zod';

const range = z.object({ types: z.array(z.object({ type: z.string() })), after: z.int(), limit: z.int() });
const PRODUCERS: ServiceName[] = ['company', 'ecommerce', 'sales', 'payment'];

/** Has the sidecar answer for the producers' logs, with `events` in them in their sequence. */
export function keepLogs(app: TestService, events: Envelope[]): void {
  for (const service of PRODUCERS) {
    const call = <Body>(name: string, body: z.ZodType<Body>) =>
      defineCall({ service, method: 'POST', path: `/internal/events/${name}`, summary: name, body, output: z.unknown() });
    const log = () =>
      events.filter(({ source }) => source === `/services/${service}`).toSorted((a, b) => a.position - b.position);
    app.sidecar.answer(call('list', range), ({ body }) => {
      const types = body.types.map(({ type }) => type);
      const found = log().filter(({ type, position }) => types.includes(type) && position > body.after);
      return { events: found.slice(0, body.limit).map(({ id, position }) => ({ id, position })) };
    });
    app.sidecar.answer(call('fetch', z.object({ ids: z.array(z.string()) })), ({ body }) => ({
      events: log().filter(({ id }) => body.ids.includes(id)),
    }));
  }
}
