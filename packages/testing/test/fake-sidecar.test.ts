import { defineCall } from '@souk/contracts';
import { z } from 'zod';
import { FakeSidecar } from '../src/fake-sidecar.ts';

const call = defineCall({
  service: 'inventory',
  method: 'POST',
  path: '/internal/stock/:sku',
  summary: 'Takes.',
  params: z.object({ sku: z.string() }),
  body: z.object({ count: z.number() }),
  output: z.object({ left: z.number() }),
});

describe('the fake sidecar', () => {
  const sidecar = new FakeSidecar({ token: 'the-token-of-this-test', secrets: {} });
  let url = '';
  const ask = (path: string, body?: unknown, token = 'the-token-of-this-test') =>
    fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'dapr-api-token': token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const take = (body: unknown) => ask('/v1.0/invoke/inventory/method/internal/stock/a%2Fb', body);

  beforeAll(async () => {
    url = `http://127.0.0.1:${await sidecar.start()}`;
  });
  afterAll(() => sidecar.stop());

  it('answers nobody without its token, but for its health', async () => {
    expect((await ask('/v1.0/secrets/secrets/bulk', undefined, 'wrong')).status).toBe(401);
    expect((await ask('/v1.0/healthz/outbound', undefined, 'wrong')).status).toBe(204);
  });

  it('answers a stubbed call with its parsed input, and says which one is not stubbed', async () => {
    expect(await (await take({ count: 1 })).json()).toMatchObject({ message: expect.stringContaining('is not stubbed') });
    sidecar.answer(call, ({ params, body }) => ({ left: params.sku === 'a/b' ? 10 - body.count : 0 }));
    expect(await (await take({ count: 3 })).json()).toEqual({ left: 7 });
  });

  it('holds callers to the contract of the call', async () => {
    expect((await take({ count: 'three' })).status).toBe(500);
  });

  it('answers what a stub throws as its problem', async () => {
    sidecar.answer(call, () => {
      throw Object.assign(new Error('none'), { status: 409, code: 'stock.none', title: 'None' });
    });
    const answer = await take({ count: 1 });
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'stock.none' }]);
  });

  it('refuses what a sidecar would: a body above 4 MiB', async () => {
    const answer = await take({ count: 'x'.repeat(4 * 1024 * 1024) });
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('stream too large')]);
  });
});
