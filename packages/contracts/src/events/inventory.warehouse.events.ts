import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at, country } from './shapes.ts';

const producer = 'inventory';

/** `code` is the company's short word for it; `shopIds` are those it serves. */
const warehouse = z.object({
  warehouseId: id,
  companyId: id,
  code: z.string().min(1),
  country,
  shopIds: z.array(id),
  isActive: z.boolean(),
  at,
});
const main: z.infer<typeof warehouse> = {
  warehouseId: ids.warehouse,
  companyId: ids.company,
  code: 'NYC-1',
  country: 'US',
  shopIds: [ids.shop],
  isActive: true,
  at: moments.placed,
};

export const warehouseCreated = defineEvent({
  type: 'warehouse.created',
  producer,
  when: 'A warehouse was added to a company; it serves no shop yet.',
  schema: warehouse,
  example: { ...main, shopIds: [] },
});

export const warehouseUpdated = defineEvent({
  type: 'warehouse.updated',
  producer,
  when: 'Somebody changed a warehouse; it carries the warehouse as it is now. Which shops it serves is told by those shops.',
  schema: warehouse,
  example: { ...main, isActive: false },
});

export const warehouseDeleted = defineEvent({
  type: 'warehouse.deleted',
  producer,
  when: 'A warehouse that held nothing was deleted; its movements stay in the ledger.',
  schema: z.object({ warehouseId: id, companyId: id, at }),
  example: { warehouseId: ids.warehouse, companyId: ids.company, at: moments.placed },
});
