import { personalIn } from '@souk/personal-data';
import { creditLines } from './credit/credit.store.ts';
import { debtPayments, debts } from './debt/debt.store.ts';

/** What debt holds of people: what they owe, have paid and may owe. Erasing closes their credit lines (credit/order.events.ts). */
export const personal = [
  personalIn(debts, { by: 'debtorId', hidden: ['note', 'nextStepAt'] }),
  personalIn(debtPayments, { by: 'debtorId', hidden: ['recordedBy'] }),
  personalIn(creditLines, { by: 'customerId' }),
];
