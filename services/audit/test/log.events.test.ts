import { createHash } from 'node:crypto';
import { allEvents, orderConfirmed, orderProcessing, userLoginFailed } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, envelopeFor, startTestService, superAdmin } from '@souk/testing';
import { hashedText } from '../src/log/chain.rules.ts';
import { chainHeads, entries } from '../src/log/entry.store.ts';
import { service } from '../src/service.ts';

const facts = allEvents.filter(({ kind }) => kind === 'fact');
const example = orderProcessing.example;
const digest = (content: string) => createHash('sha256').update(content).digest('hex');

describe('recording facts', () => {
  let audit: TestService;

  beforeAll(async () => {
    audit = await startTestService(service);
  });
  afterAll(() => audit.stop());

  const verify = async (companyId?: string) =>
    (await audit.request('POST', '/audit/verify', { as: superAdmin(), body: companyId ? { companyId } : {} })).body;

  it('listens to every type there is, on one queue that gets everything', () => {
    expect(service.queues).toContainEqual(expect.objectContaining({ queue: 'audit.events', routingKeys: ['#'] }));
    expect(service.queues).toContainEqual(expect.objectContaining({ topic: 'dead_letters' }));
    expect(service.subscriptions.map(({ contract }) => contract.type)).toEqual(facts.map(({ type }) => type));
  });

  it('records one entry for each fact of every service, as it came', async () => {
    const companyId = newId();
    const events = facts.map((contract) => envelopeFor(contract, contract.example, { companyId, actorId: newId() }));
    expect(new Set(await audit.deliverAll(events))).toEqual(new Set(['SUCCESS']));
    expect(await verify(companyId)).toEqual({ chain: companyId, valid: true, entries: facts.length });
    const confirmed = events.find(({ type }) => type === orderConfirmed.type);
    expect(await audit.db(entries).findOne({ _id: confirmed?.id ?? '' })).toMatchObject({
      companyId,
      type: 'order.confirmed',
      resourceType: 'order',
      action: 'confirmed',
      resourceId: confirmed?.subject,
      actorId: confirmed?.actorid,
      data: orderConfirmed.example,
    });
  });

  it('ends with the same entries when each fact comes three times and shuffled', async () => {
    const companyId = newId();
    const events = Array.from({ length: 40 }, () =>
      envelopeFor(orderProcessing, { ...example, companyId }, { subject: newId() }),
    );
    const shuffled = [...events, ...events, ...events].sort(() => Math.random() - 0.5);
    await Promise.all([audit.deliverAll(shuffled.slice(0, 60)), audit.deliverAll(shuffled.slice(60))]);
    const kept = await audit.db(entries).find({ companyId });
    expect(kept.map(({ _id }) => _id).sort()).toEqual(events.map(({ id }) => id).sort());
    expect(await verify(companyId)).toMatchObject({ valid: true, entries: 40 });
  });

  it('keeps an entry that stands when its fact is replayed long after the inbox forgot it', async () => {
    const companyId = newId();
    const event = envelopeFor(orderProcessing, { ...example, companyId });
    await audit.deliverEnvelope(event);
    const before = await audit.db(entries).findOne({ _id: event.id });
    const inbox = service.stores.find(({ name }) => name === 'seen');
    if (!inbox) throw new Error('there is no inbox');
    await audit.db(inbox).deleteOne({ _id: event.id });
    expect(await audit.deliverEnvelope(event)).toBe('SUCCESS');
    expect(await audit.db(entries).findOne({ _id: event.id })).toEqual(before);
    expect(await verify(companyId)).toMatchObject({ valid: true, entries: 1 });
  });

  it('records what is of no company in the chain of the platform', async () => {
    const event = envelopeFor(userLoginFailed, { reason: 'unknown_account', at: example.at });
    await audit.deliverEnvelope(event);
    const entry = await audit.db(entries).findOne({ _id: event.id });
    expect(entry?.chain).toBe('platform');
    const { status } = await audit.request('GET', `/audit/logs/${event.id}`, { as: companyAdmin(newId()) });
    expect(status).toBe(404);
    expect((await verify()).valid).toBe(true);
  });

  it('records data that its contract would refuse, and fields that it does not know', async () => {
    const event = {
      ...envelopeFor(orderProcessing, example),
      data: { ...example, newField: [1, { 'dotted.key': null }], orderId: 7 },
    };
    expect(await audit.deliverEnvelope(event)).toBe('SUCCESS');
    expect((await audit.db(entries).findOne({ _id: event.id }))?.data).toEqual(event.data);
    expect(audit.deadLetters).toEqual([]);
    expect((await verify(example.companyId)).valid).toBe(true);
  });

  describe('tampering', () => {
    let companyId: string;
    let ids: string[];

    beforeEach(async () => {
      companyId = newId();
      const events = Array.from({ length: 6 }, () =>
        envelopeFor(orderProcessing, { ...example, companyId }, { subject: newId() }),
      );
      await audit.deliverAll(events);
      ids = (await audit.db(entries).find({ companyId }, { sort: { seq: 1 } })).map(({ _id }) => _id);
      expect(await verify(companyId)).toMatchObject({ valid: true, entries: 6 });
    });

    const at = async (seq: number) => {
      const entry = await audit.db(entries).findOne({ chain: companyId, seq });
      if (!entry) throw new Error(`no entry ${seq}`);
      return entry;
    };

    it('finds an entry whose content was changed', async () => {
      await audit.db(entries).updateOne({ _id: ids[2] ?? '' }, { $set: { 'data.orderNumber': 'NM-9999' } });
      const verdict = await verify(companyId);
      expect(verdict).toMatchObject({ valid: false, entries: 2, firstBroken: { seq: 3, entryId: ids[2], fault: 'changed' } });
    });

    it('finds a field that was added beside the content', async () => {
      await audit.db(entries).updateOne({ _id: ids[4] ?? '' }, { $set: { actorId: newId() } });
      expect((await verify(companyId)).firstBroken).toMatchObject({ seq: 5, fault: 'changed' });
    });

    it('finds an entry that was removed', async () => {
      await audit.db(entries).deleteOne({ _id: ids[3] ?? '' });
      expect((await verify(companyId)).firstBroken).toEqual({ seq: 4, fault: 'missing' });
    });

    it('finds a tail that was cut', async () => {
      await audit.db(entries).deleteOne({ _id: ids[5] ?? '' });
      expect((await verify(companyId)).firstBroken).toEqual({ seq: 6, fault: 'missing' });
    });

    it('finds an entry that was slipped in between two others', async () => {
      const slipped = { ...(await at(3)), _id: newId(), seq: 3.5 };
      await audit.db(entries).insertOne(slipped);
      expect((await verify(companyId)).firstBroken).toEqual({ seq: 3.5, entryId: slipped._id, fault: 'inserted' });
    });

    it('finds an entry that was put in the place of another, its hash made anew', async () => {
      const forged = { ...(await at(3)), _id: newId(), resourceId: newId() };
      forged.hash = digest(hashedText(forged));
      await audit.db(entries).deleteOne({ _id: ids[2] ?? '' });
      await audit.db(entries).insertOne(forged);
      expect((await verify(companyId)).firstBroken).toEqual({ seq: 4, entryId: ids[3], fault: 'unlinked' });
    });

    it('finds an entry that was added behind the newest', async () => {
      const last = await at(6);
      const forged = { ...last, _id: newId(), seq: 7, prevHash: last.hash };
      forged.hash = digest(hashedText(forged));
      await audit.db(entries).insertOne(forged);
      expect((await verify(companyId)).firstBroken).toEqual({ seq: 7, fault: 'inserted' });
    });

    it('finds a head that was set back', async () => {
      await audit.db(chainHeads).updateOne({ _id: companyId }, { $set: { seq: 4 } });
      expect((await verify(companyId)).valid).toBe(false);
    });

    it('does not break the chains of others', async () => {
      await audit.db(entries).deleteOne({ _id: ids[0] ?? '' });
      expect((await verify(companyId)).firstBroken).toEqual({ seq: 1, fault: 'missing' });
      expect((await verify()).valid).toBe(true);
    });
  });

  it('goes on with a chain while it is verified', async () => {
    const companyId = newId();
    const batch = () =>
      Array.from({ length: 25 }, () => envelopeFor(orderProcessing, { ...example, companyId }, { subject: newId() }));
    await audit.deliverAll(batch());
    const [, first, , second] = await Promise.all([
      audit.deliverAll(batch()),
      verify(companyId),
      audit.deliverAll(batch()),
      verify(companyId),
    ]);
    expect([first.valid, second.valid]).toEqual([true, true]);
    expect(await verify(companyId)).toMatchObject({ valid: true, entries: 75 });
  });
});
