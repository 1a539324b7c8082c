import { orderProcessing } from '@souk/contracts';
import { newId, redriveAt } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, envelopeFor, startTestService, superAdmin } from '@souk/testing';
import { entries } from '../src/log/entry.store.ts';
import { service } from '../src/service.ts';

const admin = superAdmin();

describe('dead letters', () => {
  let audit: TestService;

  beforeAll(async () => {
    audit = await startTestService(service);
  });
  afterAll(() => audit.stop());

  /** Brings letters as the sidecar does. */
  const arrive = (...letters: unknown[]) =>
    audit.running.deliveries.routes.get('/events/audit.dead-letters')?.({
      entries: letters.map((event, index) => ({ entryId: String(index), event })),
    });
  const letterOf = (event: unknown, consumer = 'inventory', reason = 'data: no lines') => ({
    type: 'dead_letter',
    consumer,
    reason,
    event,
  });
  const listed = async (query = '') => (await audit.request('GET', `/audit/dead-letters${query}`, { as: admin })).body.data;
  const act = (id: string, verb: string, as = admin) =>
    audit.request('POST', `/audit/dead-letters/${id}/${verb}`, { as, key: newId() });

  it('keeps a letter once, with the newest reason, however often it comes', async () => {
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    const answer = await arrive(letterOf(event), letterOf(event, 'inventory', 'again'));
    expect(answer).toEqual({
      statuses: [expect.objectContaining({ status: 'SUCCESS' }), expect.objectContaining({ status: 'SUCCESS' })],
    });
    const [letter] = await listed('?consumer=inventory');
    expect(letter).toMatchObject({
      id: `${event.id}.inventory`,
      reason: 'again',
      times: 2,
      status: 'kept',
      type: 'order.processing',
      event,
    });
  });

  it('keeps what is not even an event, and what a sidecar set aside', async () => {
    await arrive(letterOf({ nonsense: true }, 'sales'), envelopeFor(orderProcessing, orderProcessing.example));
    const all = await listed();
    expect(all).toContainEqual(expect.objectContaining({ consumer: 'sales', type: null, event: { nonsense: true } }));
    const bare = all.find((letter: { consumer: string | null }) => letter.consumer === null);
    expect((await act(String(bare?.id), 'redrive')).body.code).toBe('audit.consumer_unknown');
    const [nonsense] = await listed('?consumer=sales');
    expect((await act(nonsense.id, 'redrive')).body.code).toBe('audit.no_envelope');
  });

  it('has the one consumer work it off again, and remembers who asked', async () => {
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    await arrive(letterOf(event, 'debt'));
    const asked: unknown[] = [];
    audit.sidecar.answer(redriveAt('debt'), ({ body }) => {
      asked.push(body?.event);
      return { outcome: 'applied' as const };
    });
    const answer = await act(`${event.id}.debt`, 'redrive');
    expect(answer).toMatchObject({ status: 200, body: { status: 'redriven', closedBy: admin.userId } });
    expect(asked).toEqual([event]);
    expect((await act(`${event.id}.debt`, 'redrive')).body.code).toBe('audit.letter_closed');
    expect((await act(`${event.id}.debt`, 'discard')).body.code).toBe('audit.letter_closed');
    const recorded = await audit.db(entries).findOne({ type: 'dead_letter.redriven', resourceId: `${event.id}.debt` });
    expect(recorded).toMatchObject({ actorId: admin.userId, chain: 'platform' });
    await arrive(letterOf(event, 'debt'));
    expect(await listed('?consumer=debt')).toMatchObject([{ status: 'redriven' }]);
  });

  it('stays kept while the consumer refuses, or is away', async () => {
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    await arrive(letterOf(event, 'shop'));
    audit.sidecar.answer(redriveAt('shop'), () => ({ outcome: 'set_aside' as const }));
    expect((await act(`${event.id}.shop`, 'redrive')).body.code).toBe('audit.still_refused');
    audit.sidecar.answer(redriveAt('shop'), () => {
      throw new Error('away');
    });
    expect((await act(`${event.id}.shop`, 'redrive')).status).toBe(503);
    expect(await listed('?consumer=shop&status=kept')).toHaveLength(1);
  });

  it('can be discarded', async () => {
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    await arrive(letterOf(event, 'company'));
    expect((await act(`${event.id}.company`, 'discard')).body.status).toBe('discarded');
    expect(await listed('?consumer=company&status=kept')).toEqual([]);
  });

  it('is counted for scrapes by its consumer while it waits for somebody', async () => {
    const waiting = async (consumer: string) => {
      const { body } = await audit.request('GET', '/metrics');
      return new RegExp(`^souk_dead_letters\\{consumer="${consumer}".*\\} (\\d+)$`, 'm').exec(String(body))?.[1];
    };
    const event = envelopeFor(orderProcessing, orderProcessing.example);
    await arrive(letterOf(event, 'payment'), letterOf(envelopeFor(orderProcessing, orderProcessing.example), 'payment'));
    expect(await waiting('payment')).toBe('2');
    await act(`${event.id}.payment`, 'discard');
    expect(await waiting('payment')).toBe('1');
  });

  it('is shown to super admins only, and says 404 for what is not there', async () => {
    const as = companyAdmin(newId());
    expect((await audit.request('GET', '/audit/dead-letters', { as })).status).toBe(403);
    expect((await act('x', 'redrive', as)).status).toBe(403);
    expect((await act('x', 'discard', as)).status).toBe(403);
    expect((await act('nothing', 'redrive')).status).toBe(404);
    expect((await act('nothing', 'discard')).status).toBe(404);
    expect((await audit.request('GET', '/audit/dead-letters?status=lost', { as: admin })).status).toBe(422);
  });
});
