import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { companyDeleted, companyPaymentAccountConnected, companyPaymentAccountRemoved } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin } from '@souk/testing';
import { paymentAccounts } from '../src/payment-account/account.store.ts';
import { startCompany } from './running-company.ts';
import { addCompany, platform } from './subscription-world.ts';

/** What stands for both gateways: it knows one account of each and answers as they do. */
const stripe = { secretKey: 'sk_test_good_1234', webhookSecret: 'whsec_0123456789' };
const paypal = { clientId: 'client-of-paypal', clientSecret: 'good-secret-9876', webhookId: 'WH-0123456789' };
const basic = `Basic ${Buffer.from(`${paypal.clientId}:${paypal.clientSecret}`).toString('base64')}`;
let answers: 'as they do' | 'with faults' | 'nothing' = 'as they do';
const asked: string[] = [];
const gateway = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  if (answers === 'nothing') return;
  const good: Record<string, string> = { '/v1/balance': `Bearer ${stripe.secretKey}`, '/v1/oauth2/token': basic };
  const isGood = request.headers.authorization === good[request.url ?? ''];
  response.statusCode = answers === 'with faults' ? 500 : isGood ? 200 : 401;
  response.end('{}');
});

let app: TestService;
let companyId: string;
beforeAll(async () => {
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  app = await startCompany({ STRIPE_URL: url, PAYPAL_URL: url, GATEWAY_TIMEOUT_MS: '300' });
});
beforeEach(async () => {
  answers = 'as they do';
  asked.length = 0;
  companyId = await addCompany(app);
});
afterAll(async () => {
  await app.stop();
  gateway.closeAllConnections();
  await new Promise((closed) => gateway.close(closed));
});

const pathOf = (id = companyId) => `/companies/${id}/payment-accounts`;
const put = (body: object, as = companyAdmin(companyId)) => app.request('PUT', pathOf(), { as, body });
const list = async () => (await app.request('GET', pathOf(), { as: companyAdmin(companyId) })).body.data;
const readInside = (name: string, from = 'payment') => app.request('GET', `/internal${pathOf()}/${name}`, { app: from });
const kept = () => app.db(paymentAccounts).find({ companyId });

test('keys are tried once, kept encrypted, and never shown again', async () => {
  const answer = await put({ stripe, paypal });
  expect(asked).toEqual(['GET /v1/balance', 'POST /v1/oauth2/token']);
  const shown = [
    { gateway: 'paypal', lastFour: '9876', connectedAt: expect.any(String) },
    { gateway: 'stripe', lastFour: '1234', connectedAt: expect.any(String) },
  ];
  expect(answer).toMatchObject({ status: 200, body: { data: shown } });
  expect(await list()).toEqual(shown);
  const told = (await app.published(companyPaymentAccountConnected)).filter(({ subject }) => subject === companyId);
  expect(told.map(({ data }) => data.gateway)).toEqual(['stripe', 'paypal']);
  const everything = JSON.stringify([answer.body, told, await kept()]);
  for (const secret of [stripe.secretKey, stripe.webhookSecret, paypal.clientSecret]) expect(everything).not.toContain(secret);
});

test('the payment service reads them, and nobody else', async () => {
  await put({ stripe });
  expect((await readInside('stripe')).body).toEqual(stripe);
  expect((await readInside('paypal')).status).toBe(404);
  expect((await readInside('stripe', 'sales')).status).toBe(403);
  expect((await readInside('stripe', 'gateway')).status).toBe(404);
  expect((await app.request('GET', `/internal${pathOf()}/stripe`, { as: platform })).status).toBe(404);
  await app.request('DELETE', `/companies/${companyId}`, { as: platform });
  expect((await readInside('stripe')).status).toBe(404);
});

test('keys that were moved to another company do not open there', async () => {
  await put({ stripe });
  const other = await addCompany(app);
  const [account] = await kept();
  if (!account) throw new Error('nothing was kept');
  await app.db(paymentAccounts).insertOne({ ...account, _id: `${other}:stripe`, companyId: other });
  const answer = await app.request('GET', `/internal${pathOf(other)}/stripe`, { app: 'payment' });
  expect(answer).toMatchObject({ status: 503, body: { code: 'company.account_unreadable' } });
});

test.each([
  ['that a gateway refuses', 'as they do', 422, 'company.account_refused'],
  ['while it has faults', 'with faults', 503, 'company.gateway_unanswered'],
  ['while it does not answer', 'nothing', 503, 'company.gateway_unanswered'],
] as const)('keys %s change nothing', async (_name, how, status, code) => {
  await put({ stripe });
  const before = await kept();
  answers = how;
  const wrong = { ...paypal, clientSecret: 'wrong-secret-0000' };
  const answer = await put({ stripe, paypal: wrong });
  expect(answer).toMatchObject({ status, body: { code } });
  expect(JSON.stringify(answer.body)).not.toContain('wrong-secret');
  expect(await kept()).toEqual(before);
});

test('an account is replaced and taken away by itself', async () => {
  await put({ stripe, paypal });
  await put({ stripe: { ...stripe, webhookSecret: 'whsec_another_one' } });
  expect((await readInside('stripe')).body).toMatchObject({ webhookSecret: 'whsec_another_one' });
  expect(await list()).toHaveLength(2);
  const remove = () => app.request('DELETE', `${pathOf()}/paypal`, { as: companyAdmin(companyId) });
  expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
  expect(await list()).toMatchObject([{ gateway: 'stripe' }]);
  const told = (await app.published(companyPaymentAccountRemoved)).filter(({ subject }) => subject === companyId);
  expect(told.map(({ data }) => data.gateway)).toEqual(['paypal']);
});

test('strangers and bodies that name nothing are refused before anything is tried', async () => {
  const as = companyAdmin(newId());
  expect((await put({ stripe }, as)).status).toBe(404);
  expect((await app.request('GET', pathOf(), { as })).status).toBe(404);
  for (const body of [{}, { stripe: { secretKey: 'short' } }, { cash: {} }]) expect((await put(body)).status).toBe(422);
  expect(asked).toEqual([]);
});

test('keys go with the company when it is purged', async () => {
  await put({ stripe });
  await app.request('DELETE', `/companies/${companyId}`, { as: platform });
  await app.deliverAll((await app.published(companyDeleted)).filter(({ subject }) => subject === companyId));
  app.advance(31 * 24 * 3600 * 1000);
  await app.runJob('purge-deleted-companies');
  expect(await kept()).toEqual([]);
});
