import { allTemplates, getTemplate } from '../src/templates/index.ts';
import type { Recipient } from '../src/templates/letter.ts';
import { writeLetter } from '../src/templates/letter.ts';
import { compile } from '../src/templates/template.ts';

/** All that any template asks for. */
const variables = {
  orderId: '019345a0-0000-7000-8000-00000000000e',
  orderNumber: 'NM-1001',
  total: '$257.70',
  rows: [{ label: '2 x <b>Mug</b> & more', value: '$252.70' }],
  carrier: 'ups',
  trackingNumber: '1Z9',
  rest: true,
  reason: 'it was declined',
  refund: true,
  amount: '$257.70',
  path: 'orders/1',
  debtId: '1',
  due: 'December 2, 2026',
  failures: 10,
  until: 'noon',
};
const publicUrl = 'https://shop.example/';
const recipient: Recipient = { email: 'ada@example.com', name: 'Ada <script>' };
const secret = { token: 'a/b+c', opens: 'verify_email', expiresAt: '2026-11-05T09:00:00.000Z' } as const;

describe.each(allTemplates.map((template) => [template.type, template] as const))('the template %s', (_type, template) => {
  const letter = writeLetter(template, variables, { recipient, publicUrl });

  it('has a subject, and words in both forms', () => {
    expect(letter.subject.length).toBeGreaterThan(5);
    expect(letter.text).toContain('Hello Ada <script>,');
    expect(letter.text).toContain(template.content(variables));
    expect(`${letter.subject}${letter.text}`).not.toMatch(/\{\{|undefined|null|\[object/);
  });

  it('escapes in HTML what people typed', () => {
    expect(letter.html).toContain('Hello Ada &lt;script&gt;,');
    expect(letter.html).not.toMatch(/<script>|<b>|& /);
  });
});

it('puts the secret of a link behind its #, and says until when it works', () => {
  const { text, html } = writeLetter(getTemplate('user.registered'), {}, { recipient: { ...recipient, secret }, publicUrl });
  expect(text).toContain('Confirm your address: https://shop.example/verify-email#token=a%2Fb%2Bc\n');
  expect(text).toContain('until November 5, 2026');
  expect(html).toContain('href="https://shop.example/verify-email#token&#x3D;a%2Fb%2Bc"');
});

it('asks for a password where that is what the secret opens', () => {
  const opensPassword = { ...recipient, secret: { ...secret, opens: 'reset_password' as const } };
  expect(writeLetter(getTemplate('user.registered'), {}, { recipient: opensPassword, publicUrl }).text).toContain(
    'Set your password: https://shop.example/reset-password#token=',
  );
});

it('throws on a variable that is missing, and on a template that is gone', () => {
  expect(() => writeLetter(getTemplate('order.confirmed'), { orderNumber: '1' }, { recipient, publicUrl })).toThrow('total');
  expect(() => compile('{{missing}}', 'html')({})).toThrow('missing');
  expect(() => getTemplate('order.vanished')).toThrow('order.vanished');
});
