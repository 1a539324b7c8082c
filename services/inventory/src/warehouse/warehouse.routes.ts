import { id } from '@souk/contracts';
import {
  created,
  endpoint,
  noContent,
  notFound,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  STAFF,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { warehouseCodeTaken, warehouseHoldsStock } from '../errors.ts';
import { addWarehouse, changeWarehouse, removeWarehouse } from './warehouse.actions.ts';
import { warehouses } from './warehouse.store.ts';
import { viewWarehouse, warehouseInput, warehouseView } from './warehouse.views.ts';

const params = z.object({ id });

export const warehouseRoutes = [
  endpoint({
    method: 'GET',
    path: '/warehouses',
    summary: 'Warehouses, newest first.',
    access: roles(STAFF),
    query: z.strictObject(pageQuery),
    output: pageOf(warehouseView),
    run: async ({ query }, ctx) => {
      const { data, nextCursor } = await ctx.in(warehouses).page({}, { _id: -1 }, query);
      return { data: data.map(viewWarehouse), nextCursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/warehouses',
    summary: 'Adds a warehouse to the company.',
    access: roles({ company_admin: 'company' }),
    body: warehouseInput,
    output: warehouseView,
    errors: [warehouseCodeTaken],
    run: async ({ body }, ctx) => {
      const warehouse = await addWarehouse(ctx, body);
      return created(viewWarehouse(warehouse), `/warehouses/${warehouse._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/warehouses/:id',
    summary: 'One warehouse.',
    access: roles(STAFF),
    params,
    output: warehouseView,
    run: async ({ params }, ctx) => {
      const found = await ctx.in(warehouses).findOne({ _id: params.id });
      if (!found) throw notFound();
      return versioned(viewWarehouse(found), found.version);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/warehouses/:id',
    summary: 'Changes a warehouse. An inactive one takes no goods in; what it has can still be sold.',
    access: roles({ company_admin: 'company', shop_manager: 'shops' }),
    params,
    body: warehouseInput,
    output: warehouseView,
    errors: [preconditionFailed, warehouseCodeTaken],
    run: async ({ params, body }, ctx) => {
      const changed = await changeWarehouse(ctx, params.id, body);
      return versioned(viewWarehouse(changed), changed.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/warehouses/:id',
    summary: 'Deletes a warehouse that holds nothing.',
    access: roles({ company_admin: 'company' }),
    params,
    status: 204,
    errors: [preconditionFailed, warehouseHoldsStock],
    run: async ({ params }, ctx) => {
      await removeWarehouse(ctx, params.id);
      return noContent();
    },
  }),
];
