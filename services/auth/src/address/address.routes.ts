import { address, id } from '@souk/contracts';
import { created, endpoint, everyone, noContent, pageOf, pageQuery, preconditionFailed, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { addressBookFull } from '../errors.ts';
import { addAddress, getAddress, removeAddress, replaceAddress } from './address.actions.ts';
import type { SavedAddress } from './address.store.ts';
import { addresses } from './address.store.ts';

const params = z.object({ id });
const addressView = z.object({ id, ...address.shape });

const viewAddress = (saved: SavedAddress): z.infer<typeof addressView> => ({ id: saved._id, ...saved.address });

export const addressRoutes = [
  endpoint({
    method: 'GET',
    path: '/auth/addresses',
    summary: 'Your address book, the newest first.',
    access: everyone,
    query: z.strictObject({ ...pageQuery }),
    output: pageOf(addressView),
    run: async ({ query }, ctx) => {
      const { data, nextCursor } = await ctx.in(addresses).page({}, { createdAt: -1, _id: -1 }, query);
      return { data: data.map(viewAddress), nextCursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/addresses',
    summary: 'Add to your address book.',
    access: everyone,
    body: address,
    output: addressView,
    errors: [addressBookFull],
    run: async ({ body }, ctx) => {
      const saved = await addAddress(body, ctx);
      return created(viewAddress(saved), `/auth/addresses/${saved._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/auth/addresses/:id',
    summary: 'One entry of your address book.',
    access: everyone,
    params,
    output: addressView,
    run: async ({ params }, ctx) => {
      const saved = await getAddress(ctx, params.id);
      return versioned(viewAddress(saved), saved.version);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/auth/addresses/:id',
    summary: 'Replace an entry of your address book.',
    access: everyone,
    params,
    body: address,
    output: addressView,
    errors: [preconditionFailed],
    run: async ({ params, body }, ctx) => {
      const saved = await replaceAddress(params.id, body, ctx);
      return versioned(viewAddress(saved), saved.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/auth/addresses/:id',
    summary: 'Remove an entry of your address book.',
    access: everyone,
    params,
    status: 204,
    errors: [preconditionFailed],
    run: async ({ params }, ctx) => {
      await removeAddress(params.id, ctx);
      return noContent();
    },
  }),
];
