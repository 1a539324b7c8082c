import type { Envelope } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { newId } from '@souk/service-kit';
import type { NewEntry } from './chain.actions.ts';
import { appendToChain } from './chain.actions.ts';

/** Records a fact as it came. */
export const recordFact = (event: Envelope, ctx: Context): Promise<null> => ctx.batch(appendToChain, entryOf(event));

function entryOf(event: Envelope): NewEntry {
  const { companyid, actorid, actorrole, sessionid, requestid, changes } = event;
  return {
    _id: event.id,
    ...(companyid && { companyId: companyid }),
    ...partsOf(event.type),
    resourceId: event.subject,
    ...(actorid && { actorId: actorid }),
    ...(actorrole && { actorRole: actorrole }),
    ...(sessionid && { sessionId: sessionid }),
    ...(requestid && { requestId: requestid }),
    at: new Date(event.time),
    ...(changes && { changes }),
    data: event.data ?? null,
    source: event.source,
    position: event.position,
  };
}

/** What audit records of itself. */
export const OWN_ACTS = ['dead_letter.redriven', 'dead_letter.discarded'] as const;

/** Records what an administrator does in audit itself, which publishes nothing of it. */
export async function recordAct(
  ctx: Context,
  act: { type: (typeof OWN_ACTS)[number]; resourceId: string; data: object },
): Promise<void> {
  const { caller } = ctx;
  await ctx.batch(appendToChain, {
    _id: newId(),
    ...partsOf(act.type),
    resourceId: act.resourceId,
    ...(caller && { actorId: caller.userId, actorRole: caller.role, sessionId: caller.sid }),
    requestId: ctx.requestId,
    at: ctx.now(),
    data: act.data,
    source: '/services/audit',
    position: 0,
  });
}

function partsOf(type: string): { type: string; resourceType: string; action: string } {
  const [resourceType = type, ...rest] = type.split('.');
  return { type, resourceType, action: rest.join('.') || type };
}
