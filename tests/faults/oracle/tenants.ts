import type { Check, Fault, Snapshot } from './snapshot.ts';
import { fault } from './snapshot.ts';

const RULE = 'no tenant is crossed';

/** What has a company of its own and says of which order it is. */
function ofOrders({
  holds,
  payments,
  notifications,
}: Snapshot): { what: string; orderId: string; companyId: string | undefined }[] {
  return [
    ...holds.map(({ _id, companyId }) => ({ what: 'hold', orderId: _id, companyId })),
    ...payments.map(({ orderId, companyId }) => ({ what: 'payment', orderId, companyId })),
    ...notifications.flatMap(({ orderId, companyId }) =>
      orderId === undefined ? [] : [{ what: 'notification', orderId, companyId }],
    ),
  ];
}

const documentsOfOneOrder: Check = (snapshot) => {
  const companies = new Map(snapshot.orders.map(({ _id, companyId }) => [_id, companyId]));
  return ofOrders(snapshot).flatMap(({ what, orderId, companyId }) => {
    const owner = companies.get(orderId);
    const isCrossed = owner !== undefined && companyId !== undefined && owner !== companyId;
    return isCrossed ? [fault(RULE, orderId, `order of ${owner}, ${what} of ${companyId}`)] : [];
  });
};

const ordersSellTheirOwn: Check = ({ orders, shops, products }) => {
  const shopOwner = new Map(shops.map(({ _id, companyId }) => [_id, companyId]));
  const productOwner = new Map(products.map(({ _id, companyId }) => [_id, companyId]));
  return orders.flatMap(({ _id, companyId, shopId, lines }): Fault[] => {
    const foreign = lines.filter(({ productId }) => (productOwner.get(productId) ?? companyId) !== companyId);
    const faults = foreign.map(({ sku }) => fault(RULE, _id, `line ${sku} is of another company`));
    return shopOwner.get(shopId) === companyId ? faults : [...faults, fault(RULE, _id, `shop ${shopId} is of another company`)];
  });
};

const holdsTakeTheirOwn: Check = ({ holds, stock, movements }) => {
  const owner = new Map(stock.map(({ _id, companyId }) => [_id, companyId]));
  return [
    ...holds.flatMap(({ _id, companyId, lines }) =>
      lines
        .filter(({ stockId }) => stockId !== undefined && owner.get(stockId) !== companyId)
        .map(({ sku }) => fault(RULE, _id, `holds ${sku} of another company's stock`)),
    ),
    ...movements
      .filter(({ stockId, companyId }) => owner.get(stockId) !== companyId)
      .map(({ _id }) => fault(RULE, _id, "moves another company's stock")),
  ];
};

const booksKeepTheirOwn: Check = ({ payments, ledger, logs, entries }) => {
  const payer = new Map(payments.map(({ _id, companyId }) => [_id, companyId]));
  const teller = new Map(
    Object.values(logs)
      .flat()
      .map(({ _id, companyId }) => [_id, companyId]),
  );
  return [
    ...ledger
      .filter(({ paymentId, companyId }) => payer.get(paymentId) !== companyId)
      .map(({ _id }) => fault(RULE, _id, 'is booked for another company')),
    ...entries
      .filter(({ _id, companyId }) => teller.has(_id) && teller.get(_id) !== companyId)
      .map(({ _id, companyId }) => fault(RULE, _id, `audit has it for ${companyId ?? 'the platform'}`)),
  ];
};

export const tenantChecks: Check[] = [documentsOfOneOrder, ordersSellTheirOwn, holdsTakeTheirOwn, booksKeepTheirOwn];
