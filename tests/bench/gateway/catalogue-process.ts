// The real ecommerce service on a database with some hundreds of products, beside a stand-in for its sidecar.
import { randomUUID } from 'node:crypto';
import { companyCreated, shopCreated } from '@souk/contracts';
import { service } from '@souk/ecommerce';
import { startService } from '@souk/service-kit';
import { companyAdmin, envelopeFor, eventually, FakeSidecar, tokenFor } from '@souk/testing';
import { answerParent, cpuUs } from './process.ts';
import { BENCH_TOKEN, serviceEnvironment } from './service-environment.ts';

const PRODUCTS = 300;
const THINGS = ['mug', 'lamp', 'notebook', 'cushion', 'teapot', 'basket'];

const secrets = { 'mongodb-uri': process.env.DATABASE ?? '', 'quote-key': randomUUID() };
const sidecar = new FakeSidecar({ token: BENCH_TOKEN, secrets });
const running = await startService(service, serviceEnvironment(await sidecar.start()));
await running.runtime.revocations.poll();
const companyId = randomUUID();
const shopId = randomUUID();
const facts = [
  envelopeFor(companyCreated, { ...companyCreated.example, companyId }),
  envelopeFor(shopCreated, { ...shopCreated.example, companyId, shopId }),
];
await running.deliveries.delivery.deliver({ entries: facts.map((event, index) => ({ entryId: String(index), event })) });

async function ask(path: string, body?: object): Promise<{ total?: number }> {
  const headers = {
    ...{ 'dapr-api-token': BENCH_TOKEN, authorization: `Bearer ${tokenFor(companyAdmin(companyId))}` },
    ...(body && { 'content-type': 'application/json' }),
  };
  const answer = await fetch(
    `http://127.0.0.1:${running.port}${path}`,
    body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
  );
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { total?: number };
}

for (let index = 0; index < PRODUCTS; index += 1) {
  const name = `Oak ${THINGS[index % THINGS.length]} ${index}`;
  const variants = ['S', 'L'].map((size) => ({
    sku: `${index}-${size}`,
    price: 900 + index,
    weightGrams: 300,
    options: { size },
  }));
  await ask('/products', {
    name,
    description: `A ${name} for every day.`,
    status: 'active',
    shopIds: [shopId],
    tags: ['oak'],
    variants,
  });
}
await eventually(async () => {
  const { total } = await ask('/products?q=oak&limit=1');
  if (total !== PRODUCTS) throw new Error(`${total} of ${PRODUCTS} products are found`);
});
answerParent({ port: running.port }, cpuUs);
