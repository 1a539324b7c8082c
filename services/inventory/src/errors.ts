import { defineError } from '@souk/service-kit';

export const notEnoughOnHand = defineError('inventory.not_enough_on_hand', 409, 'Less is on hand than would be taken off');
export const stockExists = defineError('inventory.stock_exists', 409, 'This warehouse has a stock item of that sku already');
export const unknownWarehouse = defineError('inventory.unknown_warehouse', 404, 'There is no such warehouse');
export const warehouseInactive = defineError('inventory.warehouse_inactive', 409, 'An inactive warehouse takes no goods in');
export const warehouseHoldsStock = defineError(
  'inventory.warehouse_holds_stock',
  409,
  'A warehouse that holds stock cannot be deleted',
);
export const warehouseCodeTaken = defineError(
  'inventory.warehouse_code_taken',
  409,
  'Another warehouse of the company has this code',
);
