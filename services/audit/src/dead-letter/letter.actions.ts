import { createHash } from 'node:crypto';
import type { Envelope } from '@souk/contracts';
import { envelope, id, SERVICES } from '@souk/contracts';
import type { Context, DeadLetter } from '@souk/service-kit';
import { notFound, redriveAt } from '@souk/service-kit';
import { consumerUnknown, letterClosed, noEnvelope, stillRefused } from '../errors.ts';
import { recordAct } from '../log/log.actions.ts';
import type { Letter, LetterStatus } from './letter.store.ts';
import { deadLetters } from './letter.store.ts';

/** Keeps a dead letter. One that was closed stays so: it is the same message once more. */
export async function keepLetter(letter: DeadLetter, ctx: Context): Promise<void> {
  const about: Partial<Envelope> = letter.event !== null && typeof letter.event === 'object' ? letter.event : {};
  const now = ctx.now();
  await ctx.in(deadLetters).updateOne(
    { _id: letterId(letter, about.id) },
    {
      $setOnInsert: {
        consumer: letter.consumer ?? null,
        type: about.type ?? null,
        companyId: about.companyid ?? null,
        event: letter.event ?? null,
        status: 'kept',
        firstAt: now,
      },
      $set: { reason: letter.reason, lastAt: now },
      $inc: { times: 1 },
    },
    { upsert: true },
  );
}

/** What is no event of ours is known by its content. */
function letterId(letter: DeadLetter, eventId: unknown): string {
  const known = id.safeParse(eventId);
  const name = known.success
    ? known.data
    : createHash('sha256')
        .update(JSON.stringify(letter.event ?? null))
        .digest('hex');
  return `${name}.${letter.consumer ?? 'sidecar'}`;
}

/** Has the consumer work the event off again. Throws when it refuses, when nobody knows who it was, or when the letter is closed. */
export async function redriveLetter(ctx: Context, letterId: string): Promise<Letter> {
  const letter = await getKept(ctx, letterId);
  const consumer = SERVICES.find((name) => name === letter.consumer);
  if (!consumer) throw consumerUnknown();
  const event = envelope.safeParse(letter.event);
  if (!event.success) throw noEnvelope();
  await recordAct(ctx, { type: 'dead_letter.redriven', resourceId: letter._id, data: { consumer, eventId: event.data.id } });
  const { outcome } = await ctx.invoke(redriveAt(consumer), { body: { event: event.data } });
  if (outcome === 'set_aside') throw stillRefused();
  return closeLetter(ctx, letter, 'redriven');
}

/** Gives a dead letter up. */
export async function discardLetter(ctx: Context, letterId: string): Promise<Letter> {
  const letter = await getKept(ctx, letterId);
  await recordAct(ctx, { type: 'dead_letter.discarded', resourceId: letter._id, data: { consumer: letter.consumer } });
  return closeLetter(ctx, letter, 'discarded');
}

async function getKept(ctx: Context, letterId: string): Promise<Letter> {
  const letter = await ctx.in(deadLetters).findOne({ _id: letterId });
  if (!letter) throw notFound();
  if (letter.status !== 'kept') throw letterClosed();
  return letter;
}

async function closeLetter(ctx: Context, letter: Letter, status: LetterStatus): Promise<Letter> {
  const closed = { status, closedAt: ctx.now(), ...(ctx.caller && { closedBy: ctx.caller.userId }) };
  const { matched } = await ctx.in(deadLetters).updateOne({ _id: letter._id, status: 'kept' }, { $set: closed });
  if (matched === 0) throw letterClosed();
  return { ...letter, ...closed };
}
