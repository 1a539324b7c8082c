import * as account from './account.ts';
import * as debt from './debt.ts';
import * as order from './order.ts';
import * as payment from './payment.ts';
import type { Template } from './template.ts';

/** Every built-in template. The files above export templates only, so that one written there cannot be forgotten here. */
export const allTemplates: readonly Template[] = [account, order, payment, debt].flatMap((each): Template[] =>
  Object.values(each),
);

const byType = new Map(allTemplates.map((template) => [template.type, template]));

/** The template of a type; throws for one that is gone. */
export function getTemplate(type: string): Template {
  const template = byType.get(type);
  if (!template) throw new Error(`there is no template ${type}`);
  return template;
}
