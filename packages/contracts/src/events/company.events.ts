import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments } from './examples.ts';
import type { CompanySettings } from './settings.ts';
import { companySettings } from './settings.ts';
import { amount, at, planLimits } from './shapes.ts';

const producer = 'company';

const profile = z.object({
  companyId: id,
  name: z.string().min(1),
  slug: z.string().min(1),
  ownerId: id.optional(),
  isActive: z.boolean(),
});
const north = { companyId: ids.company, name: 'North Mugs', slug: 'north-mugs', ownerId: ids.manager, isActive: true };

const settings: CompanySettings = {
  currency: 'USD',
  timezone: 'America/New_York',
  taxInclusive: false,
  taxZones: [{ country: 'US', state: 'NY', rates: [{ taxClass: 'standard', rate: 800 }] }],
  shippingZones: [
    {
      zoneId: ids.zone,
      name: 'Domestic',
      countries: ['US'],
      methods: [
        {
          methodId: ids.method,
          name: 'Parcel',
          kind: 'delivery',
          rates: [{ minWeightGrams: 0, maxWeightGrams: 20_000, minTotal: 0, price: 500 }],
        },
      ],
    },
  ],
  lowStockThreshold: 5,
  returnWindowDays: 30,
  reservationSeconds: 900,
};

export const companyCreated = defineEvent({
  type: 'company.created',
  producer,
  when: 'A company was added; its first settings are in it, so that nobody waits for a change to know them.',
  schema: profile.extend({ settings: companySettings, createdAt: instant }),
  example: { ...north, settings, createdAt: moments.placed },
});

export const companyUpdated = defineEvent({
  type: 'company.updated',
  producer,
  when: 'Name, slug, owner, contact, branding or the active flag of a company changed; `changed` names the fields.',
  schema: profile.extend({ changed: z.array(z.string()), at }),
  example: { ...north, changed: ['name'], at: moments.placed },
});

export const companyDeleted = defineEvent({
  type: 'company.deleted',
  producer,
  when: 'A company was deleted: its things are gone to everyone at once; at `purgeAt` every service removes what it holds of it, but for books.',
  schema: z.object({ companyId: id, purgeAt: instant, at }),
  example: { companyId: ids.company, purgeAt: moments.due, at: moments.placed },
});

export const companySettingsUpdated = defineEvent({
  type: 'company.settings_updated',
  producer,
  when: 'Any setting that other services obey changed; all of them are in it, changed or not, secrets never.',
  schema: z.object({ companyId: id, settings: companySettings, at }),
  example: { companyId: ids.company, settings, at: moments.placed },
});

const withheld = z.object({ shop_manager: z.array(z.string()), shop_staff: z.array(z.string()) });

export const companyPermissionsChanged = defineEvent({
  type: 'company.permissions_changed',
  producer,
  when: 'What a company keeps from the people of its shops changed; all of it is in it, and who is not named may what the role may.',
  schema: z.object({ companyId: id, withheld, at }),
  example: { companyId: ids.company, withheld: { shop_manager: [], shop_staff: ['orders:write'] }, at: moments.placed },
});

const subscriptionStatus = z.enum(['trialing', 'active', 'past_due', 'suspended', 'cancelled']);

export const companySubscriptionChanged = defineEvent({
  type: 'company.subscription_changed',
  producer,
  when: 'A company subscribed, changed plan or cancelled, or its status moved; an absent limit means no limit.',
  schema: z.object({
    companyId: id,
    planId: id,
    status: subscriptionStatus,
    previousStatus: subscriptionStatus.optional(),
    limits: planLimits,
    features: z.array(z.string()),
    periodEndsAt: instant,
    trialEndsAt: instant.optional(),
    /** When it will end, where it was cancelled to the end of its period. */
    cancelsAt: instant.optional(),
    at,
  }),
  example: {
    companyId: ids.company,
    planId: ids.plan,
    status: 'active',
    previousStatus: 'trialing',
    limits: { shops: 3, staff: 20, products: 5_000 },
    features: ['forecast'],
    periodEndsAt: moments.due,
    at: moments.placed,
  },
});

export const companyRenewalDue = defineEvent({
  type: 'company.renewal_due',
  producer,
  when: 'A subscription was billed, for a new period or a change of plan: the company owes the platform `amount` until `dueAt`.',
  schema: z.object({
    companyId: id,
    planId: id,
    /** The bill; a debt that comes of it names it. */
    invoiceId: id.optional(),
    periodStart: instant,
    periodEnd: instant,
    amount,
    currency,
    dueAt: instant,
  }),
  example: {
    companyId: ids.company,
    planId: ids.plan,
    invoiceId: ids.subscriptionInvoice,
    periodStart: moments.placed,
    periodEnd: moments.due,
    amount: 4_900,
    currency: 'USD',
    dueAt: moments.returned,
  },
});

export const companySuspended = defineEvent({
  type: 'company.suspended',
  producer,
  when: 'A company became read-only: its subscription stayed unpaid past the grace, or an administrator said so.',
  schema: z.object({ companyId: id, reason: z.enum(['unpaid', 'staff']), debtId: id.optional(), at }),
  example: { companyId: ids.company, reason: 'unpaid', debtId: ids.debt, at: moments.placed },
});

export const companyResumed = defineEvent({
  type: 'company.resumed',
  producer,
  when: 'A suspended company may write again.',
  schema: z.object({ companyId: id, at }),
  example: { companyId: ids.company, at: moments.paid },
});

const paymentAccount = z.object({ companyId: id, gateway: z.enum(['stripe', 'paypal']), at });
const ownStripe = { companyId: ids.company, gateway: 'stripe', at: moments.placed } as const;

export const companyPaymentAccountConnected = defineEvent({
  type: 'company.payment_account_connected',
  producer,
  when: "A company gave its own account with a payment gateway, which took its keys, in place of an earlier one or the platform's.",
  schema: paymentAccount,
  example: ownStripe,
});

export const companyPaymentAccountRemoved = defineEvent({
  type: 'company.payment_account_removed',
  producer,
  when: 'A company took its own account with a payment gateway away; its keys are forgotten.',
  schema: paymentAccount,
  example: ownStripe,
});
