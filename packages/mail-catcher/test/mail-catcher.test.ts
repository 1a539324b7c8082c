import { connect } from 'node:net';
import type { CaughtMail } from '../src/index.ts';
import { parseMail, startMailCatcher } from '../src/index.ts';

/** Speaks SMTP as a sender does, one command after each answer. */
function send(port: number, mail: string): Promise<string> {
  const commands = ['EHLO test', 'MAIL FROM:<shop@example.com>', 'RCPT TO:<buyer@example.com>', 'DATA', `${mail}\r\n.`, 'QUIT'];
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
    socket.on('data', (data) => {
      heard += data.toString();
      if (/^\d{3} [^\n]*\r\n$/m.test(data.toString())) socket.write(`${commands.shift() ?? ''}\r\n`);
    });
  });
}

describe('mail catcher', () => {
  it('keeps a mail that was sent over SMTP and shows it to its reader', async () => {
    const catcher = await startMailCatcher({ host: '127.0.0.1', smtpPort: 0, webPort: 0 });
    try {
      const heard = await send(
        catcher.smtpPort,
        'From: shop@example.com\r\nTo: buyer@example.com\r\nSubject: Order 7\r\n\r\nThank you.',
      );
      expect(heard).toContain('250');
      const base = `http://127.0.0.1:${catcher.webPort}`;
      const found: unknown = await (await fetch(`${base}/email?to=buyer@example.com`)).json();
      const [mail] = found as CaughtMail[];
      expect(mail).toMatchObject({
        subject: 'Order 7',
        to: ['buyer@example.com'],
        text: 'Thank you.',
        recipients: ['buyer@example.com'],
      });
      expect(await (await fetch(`${base}/email?to=other@example.com`)).json()).toEqual([]);
      expect((await fetch(`${base}/email/${mail?.id}`)).status).toBe(200);
      expect((await fetch(`${base}/email/none`)).status).toBe(404);
      await fetch(`${base}/email/all`, { method: 'DELETE' });
      expect(catcher.mailbox.list()).toEqual([]);
    } finally {
      await catcher.close();
    }
  });
});

describe('parseMail', () => {
  it('decodes both bodies of a multipart mail and an encoded subject', () => {
    const source = [
      'From: "Shop, the" <shop@example.com>',
      'To: A <a@example.com>, b@example.com',
      'Subject: =?UTF-8?Q?Caf=C3=A9_?= =?UTF-8?B?4oKs?=',
      'Content-Type: multipart/alternative;',
      ' boundary="x-1"',
      '',
      '--x-1',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'caf=C3=A9 and a long =',
      'line',
      '--x-1',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('<p>€ 5</p>').toString('base64'),
      '--x-1--',
    ].join('\r\n');
    expect(parseMail(Buffer.from(source))).toMatchObject({
      subject: 'Café €',
      from: 'shop@example.com',
      to: ['a@example.com', 'b@example.com'],
      text: 'café and a long line',
      html: '<p>€ 5</p>',
    });
  });
});
