import { defineTemplate } from './template.ts';

interface DebtVariables {
  debtId: string;
  amount: string;
  due: string;
}

const action = { label: 'See what is open', path: 'debts/{{debtId}}' };

export const debtIsCreated = defineTemplate<DebtVariables>({
  type: 'debt.created',
  priority: 'high',
  subject: '{{amount}} to pay by {{due}}',
  content: 'You owe {{amount}}. Please pay it by {{due}}.',
  action,
});

export const debtFallsDue = defineTemplate<DebtVariables>({
  type: 'debt.payment_due',
  priority: 'high',
  subject: '{{amount}} is due on {{due}}',
  content: 'This is a reminder: {{amount}} is due on {{due}}.',
  action,
});

export const debtIsOverdue = defineTemplate<DebtVariables>({
  type: 'debt.overdue',
  priority: 'high',
  subject: '{{amount}} is overdue',
  content: '{{amount}} was due on {{due}} and has not been paid. While it is open you cannot buy on account.',
  action,
});
