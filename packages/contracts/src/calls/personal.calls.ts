import { z } from 'zod';
import { defineCall } from '../call.ts';
import type { ServiceName } from '../event.ts';
import { id } from '../ids.ts';

/** The services that hold anything of people, beside auth itself. */
export const PERSONAL_DATA_HOLDERS: readonly ServiceName[] = [
  ...(['ecommerce', 'sales', 'payment', 'debt', 'notification', 'websocket', 'audit'] as const),
];

/** What a service holds of a person, page by page: served under one path by every service that holds any. */
export const personalDataOf = (service: ServiceName) =>
  defineCall({
    service,
    method: 'GET',
    path: '/internal/users/:id/data',
    summary: 'What this service holds of a person, page by page; `of` names the kind of thing.',
    params: z.object({ id }),
    query: z.strictObject({ cursor: z.string().max(500).optional() }),
    output: z.object({
      items: z.array(z.object({ of: z.string(), document: z.record(z.string(), z.unknown()) })),
      next: z.string().optional(),
    }),
  });
