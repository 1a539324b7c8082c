import { id } from '@souk/contracts';
import { accepted, endpoint, roles } from '@souk/service-kit';
import { z } from 'zod';
import { rebuildRunning } from '../errors.ts';
import { getRebuild, startRebuild } from './rebuild.actions.ts';
import type { Rebuild } from './rebuild.store.ts';

const platform = roles({ super_admin: 'all' });

const rebuildView = z.object({
  id,
  status: z.enum(['running', 'done']),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  progress: z.array(z.object({ producer: z.string(), position: z.int(), facts: z.int() })),
});

function viewRebuild({ _id, status, startedAt, finishedAt, progress }: Rebuild): z.infer<typeof rebuildView> {
  const moments = { startedAt: startedAt.toISOString(), ...(finishedAt && { finishedAt: finishedAt.toISOString() }) };
  return { id: _id, status, ...moments, progress };
}

export const rebuildRoutes = [
  endpoint({
    method: 'POST',
    path: '/analytics/rebuild',
    summary: 'Builds all figures anew from the event logs, beside those that are shown until it is done.',
    access: platform,
    status: 202,
    output: rebuildView,
    errors: [rebuildRunning],
    run: async (_input, ctx) => {
      const rebuild = await startRebuild(ctx);
      return accepted(viewRebuild(rebuild), `/analytics/rebuild/${rebuild._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/analytics/rebuild/:id',
    summary: 'Shows how far a rebuild is.',
    access: platform,
    params: z.object({ id }),
    output: rebuildView,
    run: async ({ params }, ctx) => viewRebuild(await getRebuild(ctx, params.id)),
  }),
];
