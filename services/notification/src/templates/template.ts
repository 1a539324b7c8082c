import Handlebars from 'handlebars';
import type { Priority } from '../notification/notification.rules.ts';

/** Which secret a mail's link carries; asked for when the mail is sent. */
export type Secret = 'verify' | 'reset' | 'known';

type Render = (variables: object) => string;

/** The words of one kind of notification. `subject` and `content` are plain text; mails put them into the layout. */
export interface Template<Variables extends object = object> {
  readonly type: string;
  readonly priority: Priority;
  readonly secret: Secret | undefined;
  /** Tells a buyer how an order ends: also when the company that sold is gone. */
  readonly endsOrders: boolean;
  readonly subject: Render;
  readonly content: Render;
  /** The one thing to do about it: a link whose path is a template too. */
  readonly action: { label: string; path: Render } | undefined;
  /** Never set: carries what the template must be given. */
  readonly variables?: Variables;
}

/**
 * Compiles Handlebars. Strict: a variable that is missing throws when it is rendered. Plain text is not escaped, HTML always is.
 */
export const compile = (source: string, as: 'text' | 'html'): Render =>
  Handlebars.compile(source, { strict: true, noEscape: as === 'text' });

/** Declares a template: subject, content and path in Handlebars syntax. */
export function defineTemplate<Variables extends object = Record<never, never>>(source: {
  type: string;
  priority: Priority;
  secret?: Secret;
  endsOrders?: boolean;
  subject: string;
  content: string;
  action?: { label: string; path: string };
}): Template<Variables> {
  const { type, priority, secret, endsOrders = false, subject, content, action } = source;
  return {
    type,
    priority,
    secret,
    endsOrders,
    subject: compile(subject, 'text'),
    content: compile(content, 'text'),
    action: action && { label: action.label, path: compile(action.path, 'text') },
  };
}
