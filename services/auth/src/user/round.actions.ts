import type { Context, Filter, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { appendRevocations } from '../session/revocation.store.ts';
import { changeRights, switchAllOff } from './account.actions.ts';
import type { Round } from './round.store.ts';
import { rounds } from './round.store.ts';
import { nextTokensFrom } from './user.rules.ts';
import type { User } from './user.store.ts';
import { users } from './user.store.ts';

/** People in one transaction: well below what a database takes, and over before anybody else waits for it. */
const PAGE = 100;
/** A round that has not moved for so long was left by a replica that is gone. */
const LEFT_MS = 10_000;
const everywhere = system('all people of a company or shop are told');

type Step = (tx: Tx, people: readonly User[], turn: { aboutId: string; at: Date }) => Promise<unknown>;

const ROUNDS: Record<Round['kind'], { among(aboutId: string): Filter; tell: Step }> = {
  company_closed: {
    among: (companyId) => ({ companyId, isActive: true }),
    tell: (tx, people, { at }) => switchAllOff(tx, people, { reason: 'company_deleted', at }),
  },
  shop_closed: {
    among: (shopId) => ({ shopIds: shopId }),
    tell: async (tx, people, { aboutId, at }) => {
      for (const user of people)
        await changeRights(tx, user, { set: { shopIds: user.shopIds.filter((other) => other !== aboutId) }, at });
    },
  },
  permissions_withheld: {
    among: (companyId) => ({ companyId, role: { $in: ['shop_manager', 'shop_staff'] } }),
    tell: voidTokens,
  },
};

async function voidTokens(tx: Tx, people: readonly User[], { at }: { at: Date }): Promise<void> {
  const voided = people.map(({ _id, tokensFrom }) => ({ userId: _id, before: nextTokensFrom(tokensFrom, at), at }));
  const writes = voided.map(({ userId: _id, before: tokensFrom }) => ({
    updateOne: { filter: { _id }, update: { $set: { tokensFrom }, $inc: { version: 1 } } },
  }));
  await tx.in(users).bulkWrite(writes);
  await appendRevocations(tx, voided);
}

const roundId = ({ kind, aboutId }: Pick<Round, 'kind' | 'aboutId'>): string => `${kind}:${aboutId}`;

/**
 * Begins a round, or begins it again. It belongs into the transaction that writes what tokens are made by from then on: whoever gets
 * one during the round gets one that obeys already, and what was handed out before is revoked when their page comes.
 */
export async function beginRound(tx: Tx, round: Pick<Round, 'kind' | 'aboutId'>, at: Date): Promise<void> {
  const set = { ...round, after: '', movedAt: at };
  await tx.in(rounds).updateOne({ _id: roundId(round) }, { $set: set }, { upsert: true });
}

/** Walks a round to its end, a page in each transaction. */
export async function walkRound(round: Pick<Round, 'kind' | 'aboutId'>, ctx: Context): Promise<void> {
  const open = ctx.as(everywhere);
  while (await takePage(open, roundId(round)));
}

/** Takes up what replicas that are gone have left. */
export async function resumeRounds(ctx: Context): Promise<void> {
  const left = await ctx
    .as(everywhere)
    .in(rounds)
    .find({ movedAt: { $lte: new Date(ctx.now().getTime() - LEFT_MS) } }, { limit: 100 });
  for (const round of left) await walkRound(round, ctx);
}

/** False once nobody is left. Two who walk one round meet at its document, so that each page is one's alone. */
function takePage(open: Context, _id: string): Promise<boolean> {
  return open.transaction(async (tx) => {
    const round = await tx.in(rounds).findOne({ _id });
    if (!round) return false;
    const { aboutId, after } = round;
    const { among, tell } = ROUNDS[round.kind];
    const people = await tx.in(users).find({ ...among(aboutId), _id: { $gt: after } }, { sort: { _id: 1 }, limit: PAGE });
    const at = open.now();
    await tell(tx, people, { aboutId, at });
    const last = people.at(-1);
    const isOver = !last || people.length < PAGE;
    if (isOver) await tx.in(rounds).deleteOne({ _id });
    else await tx.in(rounds).updateOne({ _id }, { $set: { after: last._id, movedAt: at } });
    return !isOver;
  });
}
