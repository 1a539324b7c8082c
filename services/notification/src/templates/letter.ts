import type { Template } from './template.ts';
import { compile } from './template.ts';

/** A mail as it is handed to the mail server. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** What a secret opens. */
export type Opens = 'verify_email' | 'reset_password';

/** Who is written to, with the secret of the link where the template needs one. */
export interface Recipient {
  email: string;
  name: string;
  secret?: { token: string; opens: Opens; expiresAt: string };
}

const PAGES: Record<Opens, { label: string; path: string }> = {
  verify_email: { label: 'Confirm your address', path: 'verify-email' },
  reset_password: { label: 'Set your password', path: 'reset-password' },
};

const textLayout = compile(
  `Hello {{name}},

{{content}}
{{#each rows}}
{{label}}: {{value}}
{{/each}}
{{#if link}}

{{link.label}}: {{link.url}}
{{/if}}
{{#if until}}
The link works once, until {{until}}.
{{/if}}

Souk
`,
  'text',
);

const htmlLayout = compile(
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{subject}}</title></head>
<body style="font-family:sans-serif;color:#222;max-width:36em;margin:auto;padding:1em">
<p>Hello {{name}},</p>
<p>{{content}}</p>
{{#if rows}}
<table style="border-collapse:collapse">
{{#each rows}}
<tr><td style="padding:.2em 2em .2em 0">{{label}}</td><td style="text-align:right">{{value}}</td></tr>
{{/each}}
</table>
{{/if}}
{{#if link}}
<p><a href="{{link.url}}">{{link.label}}</a></p>
{{/if}}
{{#if until}}
<p>The link works once, until {{until}}.</p>
{{/if}}
<p>Souk</p>
</body>
</html>
`,
  'html',
);

/** A moment as people read it, in UTC. */
export const readableTime = (at: string): string =>
  `${new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at))} UTC`;

export const readableDay = (at: string): string =>
  new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(at));

/**
 * The mail of a notification. A secret goes behind the `#` of its link, which browsers keep to themselves: it is in no server's log.
 * Throws when a variable of the template is missing.
 */
export function writeLetter(template: Template, variables: object, to: { recipient: Recipient; publicUrl: string }): Letter {
  const { name, secret } = to.recipient;
  const subject = template.subject(variables);
  const model = {
    name,
    subject,
    content: template.content(variables),
    rows: 'rows' in variables ? variables.rows : [],
    link: linkOf(template, variables, { secret, publicUrl: to.publicUrl }) ?? false,
    until: secret ? readableTime(secret.expiresAt) : false,
  };
  return { subject, text: textLayout(model), html: htmlLayout(model) };
}

function linkOf(template: Template, variables: object, by: { secret: Recipient['secret']; publicUrl: string }) {
  const base = by.publicUrl.replace(/\/+$/, '');
  if (by.secret) {
    const { label, path } = PAGES[by.secret.opens];
    return { label, url: `${base}/${path}#token=${encodeURIComponent(by.secret.token)}` };
  }
  return template.action && { label: template.action.label, url: `${base}/${template.action.path(variables)}` };
}
