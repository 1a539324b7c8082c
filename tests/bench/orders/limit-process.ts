// The one-process limit: a shop as one Express program over the plain driver. It does the writes of the same documents in the same
// database and as durably, and asks nobody: no broker, no sidecar, no gateway, no card network.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { OrderLine, Quote } from '@souk/contracts';
import express from 'express';
import type { Collection, UpdateFilter } from 'mongodb';
import { MongoClient } from 'mongodb';
import { serveBench } from '../gateway/process.ts';

interface Stored {
  _id: string;
  [field: string]: unknown;
}

const client = await MongoClient.connect(process.env.DATABASE ?? '', { maxPoolSize: 64 });
const db = client.db('one_process', { writeConcern: { w: 'majority', j: true } });
const records = (name: string) => db.collection<Stored>(name);
const [orders, holds, payments] = [records('orders'), records('holds'), records('payments')];
const [ledger, audit] = [records('ledger'), records('audit')];
const stock = db.collection<{ _id: string; available: number; reserved: number }>('stock');
const rollups = db.collection<{ _id: string; orders: number; revenue: number }>('rollups');

for (const name of [orders, payments]) await name.createIndex({ customerId: 1, createdAt: -1 });
for (const name of [orders, holds, payments]) await name.createIndex({ companyId: 1, status: 1, createdAt: -1 });
await payments.createIndex({ orderId: 1 }, { unique: true });
await audit.createIndex({ companyId: 1, at: 1 });

const tell = (type: string, order: Stored, data: object) =>
  audit.insertOne({ _id: randomUUID(), companyId: order.companyId, type, resourceId: order._id, at: new Date(), data });

async function take({ sku, quantity }: OrderLine): Promise<void> {
  const enough = { _id: sku, available: { $gte: quantity } };
  const taken = await stock.updateOne(enough, { $inc: { available: -quantity, reserved: quantity } });
  if (taken.modifiedCount !== 1) throw new Error(`${sku} is out of stock`);
}

async function placeOrder(quote: Quote, details: object): Promise<Stored> {
  const { lines, companyId, shopId, customerId } = quote;
  const at = { createdAt: new Date(), updatedAt: new Date() };
  const order: Stored = {
    ...quote,
    ...details,
    _id: randomUUID(),
    status: 'pending',
    timeline: [{ step: 'created', at: at.createdAt }],
    ...at,
  };
  for (const line of lines) await take(line);
  const held = lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
  await holds.insertOne({ _id: order._id, companyId, shopId, status: 'reserved', lines: held, ...at });
  await orders.insertOne(order);
  await tell('order.created', order, { customerId, lines, pricing: quote.pricing });
  return order;
}

async function openPayment(orderId: string): Promise<Stored> {
  const order = await orders.findOne({ _id: orderId });
  if (!order) throw new Error('there is no such order');
  const { companyId, shopId, customerId, currency } = order;
  const amount = (order.pricing as Quote['pricing']).total;
  const payment = {
    _id: randomUUID(),
    orderId,
    companyId,
    shopId,
    customerId,
    currency,
    amount,
    status: 'initiated',
    createdAt: new Date(),
  };
  await payments.insertOne(payment);
  await tell('payment.initiated', order, { paymentId: payment._id, amount });
  return payment;
}

/** Read first and updated under a guard, because the stand-in database server looks through a whole collection to find and modify. */
async function move(
  collection: Collection<Stored>,
  { _id }: Stored,
  { from, change }: { from: string; change: UpdateFilter<Stored> },
): Promise<void> {
  const { modifiedCount } = await collection.updateOne({ _id, status: from }, change);
  if (modifiedCount !== 1) throw new Error(`${_id} is not ${from} any more`);
}

async function pay(paymentId: string): Promise<void> {
  const now = new Date();
  const payment = await payments.findOne({ _id: paymentId });
  if (!payment) throw new Error('there is nothing to pay');
  await move(payments, payment, { from: 'initiated', change: { $set: { status: 'success', capturedAt: now } } });
  const { orderId: _id, companyId, shopId, currency, amount } = payment;
  const lines = [
    { account: 'sandbox', amount },
    { account: 'sales', amount: -Number(amount) },
  ];
  await ledger.insertOne({ _id: `${paymentId}:capture`, companyId, paymentId, currency, at: now, lines });
  const step = { step: 'confirmed', at: now };
  const change = { $set: { status: 'confirmed', confirmedAt: now }, $push: { timeline: step as never } };
  const order = await orders.findOne({ _id: String(_id) });
  if (!order) throw new Error('there is no such order');
  await move(orders, order, { from: 'pending', change });
  await holds.updateOne({ _id: String(_id) }, { $set: { status: 'allocated' } });
  await tell('order.confirmed', order, { paymentId, amount });
  const quarter = new Date(Math.floor(now.getTime() / 900_000) * 900_000).toISOString();
  await rollups.updateOne({ _id: `${shopId}:${quarter}` }, { $inc: { orders: 1, revenue: Number(amount) } }, { upsert: true });
}

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.post('/api/orders', async ({ body: { quote, ...details } }, response) => {
  const { _id: id } = await placeOrder(quote, details);
  response.status(201).json({ id, status: 'pending' });
});
app.post('/api/payments/intent', async ({ body }, response) => {
  const { _id: paymentId } = await openPayment(body.orderId);
  response.status(201).json({ paymentId });
});
app.post('/api/payments/process', async ({ body }, response) => {
  await pay(body.paymentId);
  response.json({ status: 'success' });
});
app.post('/api/stock', async ({ body }, response) => {
  await stock.insertMany(body.skus.map((sku: string) => ({ _id: sku, available: 100_000_000, reserved: 0 })));
  response.status(204).end();
});
serveBench(createServer(app));
