import type { Order } from './shopper.ts';

/** A mail as its reader sees it: the subject and the paragraph below the greeting. */
export interface Mail {
  subject: string;
  says: string;
}

export const ACCOUNT_MADE: Mail = {
  subject: 'One step to your Souk account',
  says: 'Welcome to Souk. Follow the link in this mail to finish your account.',
};

export const ACCOUNT_KNOWN: Mail = {
  subject: 'You already have a Souk account',
  says:
    'Somebody registered with your address, which has an account already. If that was you and you do not remember your password, ' +
    'follow the link in this mail. If it was not, you need not do anything.',
};

const BECAUSE: Record<string, string> = {
  out_of_stock: 'something in it is sold out',
  payment_timeout: 'it was not paid in time',
  credit_refused: 'your account with the shop does not cover it',
  customer: 'you asked for it',
};

const readable = (amount: number, currency: string): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100);

const totalOf = ({ pricing, currency }: Order): string => readable(pricing.total, currency);

/** All that a buyer is written of an order by its end, apart from payments that were declined. */
export function mailsAbout(order: Order): Mail[] {
  const { orderNumber, confirmedAt, status, paymentStatus, shipments } = order;
  const named = (what: string) => `Order ${orderNumber} ${what}`;
  const thanks = `Thank you for your order ${orderNumber} over ${totalOf(order)}. We tell you when it is on its way.`;
  return [
    ...(confirmedAt === undefined ? [] : [{ subject: named('is confirmed'), says: thanks }]),
    ...shipments.map((_, index) => ({ subject: named('is on its way'), says: parcelOf(order, index) })),
    ...(status === 'delivered' ? [{ subject: named('was delivered'), says: `Your order ${orderNumber} has arrived.` }] : []),
    ...(status === 'cancelled' ? [{ subject: named('was cancelled'), says: endOf(order) }] : []),
    ...(paymentStatus === 'refunded' ? [refundOf(order)] : []),
  ];
}

function parcelOf({ orderNumber, shipments }: Order, index: number): string {
  const { carrier, trackingNumber } = shipments[index] ?? {};
  const way = `your order ${orderNumber} has left with ${carrier}, tracking number ${trackingNumber}.`;
  return index === shipments.length - 1 ? `All of ${way}` : `A part of ${way} The rest follows.`;
}

function endOf({ orderNumber, cancelReason = '', paymentStatus }: Order): string {
  const money = paymentStatus === 'refunded' ? 'What you paid goes back the way it came.' : 'You were not charged.';
  return `Your order ${orderNumber} was cancelled: ${BECAUSE[cancelReason]}. ${money}`;
}

const refundOf = (order: Order): Mail => ({
  subject: `You get ${totalOf(order)} back`,
  says: `${totalOf(order)} of what you paid is on its way back to you.`,
});

export const declineOf = (order: Order): Mail => ({
  subject: 'Your payment did not go through',
  says: `Your payment of ${totalOf(order)} did not go through: it was declined. You may try again while your order waits.`,
});

/** What is owed is due on a day of the calendar where the company is. */
export function debtMail(debt: { amount: number; currency: string; dueAt: string }, timeZone: string): Mail {
  const amount = readable(debt.amount, debt.currency);
  const due = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone }).format(new Date(debt.dueAt));
  return { subject: `${amount} to pay by ${due}`, says: `You owe ${amount}. Please pay it by ${due}.` };
}

/** A caught mail as its reader sees it. Throws for one that greets somebody else. */
export function readMail({ subject, text }: { subject: string; text: string }, name: string): Mail {
  const [greeting, , says = ''] = text.split('\n');
  if (greeting !== `Hello ${name},`) throw new Error(`a mail to ${name} begins with ${greeting}`);
  return { subject, says };
}

/** Subjects of mails that are due and have not come. */
export const missingIn = (come: readonly Mail[], due: readonly Mail[]): string[] =>
  due
    .filter((mail) => !come.some(({ subject, says }) => subject === mail.subject && says === mail.says))
    .map((mail) => mail.subject);

/** Mails have no sequence between them: they are sent side by side. */
export const sorted = (mails: readonly Mail[]): Mail[] =>
  [...mails].sort((a, b) => `${a.subject} ${a.says}`.localeCompare(`${b.subject} ${b.says}`));
