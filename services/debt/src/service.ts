// Who owes whom, and how much more somebody may owe. A customer's credit line with a company bears holds of orders that are not
// certain yet and debts that are; it is always the sum of both, because every write goes through one book that decides what arrives
// together in one transaction. The calendar of each company's time zone says when a debt is reminded of and when it is overdue.

import {
  debtCreated,
  debtCreditHeld,
  debtCreditRefused,
  debtLimitChanged,
  debtOverdue,
  debtPaid,
  debtPaymentDue,
  debtPaymentRecorded,
  debtWrittenOff,
} from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { personalEndpoint } from '@souk/personal-data';
import { defineService } from '@souk/service-kit';
import { closeCompany } from './company/closing.actions.ts';
import { companyEvents } from './company/company.events.ts';
import { companyCopies } from './company/company.store.ts';
import { config } from './config.ts';
import { creditRoutes } from './credit/credit.routes.ts';
import { creditLines, holds } from './credit/credit.store.ts';
import { orderEvents } from './credit/order.events.ts';
import { debtJobs } from './debt/debt.jobs.ts';
import { debtRoutes } from './debt/debt.routes.ts';
import { debtPayments, debts } from './debt/debt.store.ts';
import { personal } from './personal.ts';

export const service = defineService({
  name: 'debt',
  purpose: 'Debts, credit lines, what was paid, and what is overdue.',
  port: 8012,
  config,
  endpoints: [...creditRoutes, ...debtRoutes, personalEndpoint('debt', personal)],
  publishes: [
    debtCreated,
    debtCreditHeld,
    debtCreditRefused,
    debtLimitChanged,
    debtPaymentDue,
    debtOverdue,
    debtPaymentRecorded,
    debtPaid,
    debtWrittenOff,
  ],
  ...offboarding({
    subscriptions: [...orderEvents, ...companyEvents],
    stores: [debts, debtPayments, creditLines, holds, companyCopies],
    jobs: debtJobs,
    keeps: [
      { store: debts, because: 'a debt to the company or of it is owed until it is paid or written off, and is part of books' },
      { store: debtPayments, because: 'they prove what was paid of a debt' },
      { store: companyCopies, because: 'its time zone dates the debts, and it must not be brought back by what comes late' },
    ],
    close: closeCompany,
  }),
});
