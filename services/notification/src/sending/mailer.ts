import { defineResource } from '@souk/service-kit';
import { createTransport } from 'nodemailer';
import { config } from '../config.ts';
import type { MailError, Outcome } from '../notification/notification.rules.ts';
import { refusalOf } from '../notification/notification.rules.ts';
import type { Letter } from '../templates/letter.ts';
import { within } from './patience.ts';

export interface Mailer {
  /** Hands a mail to the server. Its Message-ID is made of `id`, so that one sent twice after a crash is known to be the same. */
  send(mail: Letter & { id: string; to: string }): Promise<Outcome>;
  close(): void;
}

const CONNECTIONS = 5;
/**
 * An attempt is given up before the time that its mail is claimed for is over: else another process would try beside it. What the
 * server takes after all has the same Message-ID as the next attempt.
 */
const MOST_MS = 30_000;
/** Each is of a connection; a mail may wait long for one, and take many steps over it. */
const TIMEOUTS = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };

/** The SMTP server of the secret `smtp-url`, over a few connections that stay open. */
export const mailer = defineResource<Mailer>({
  name: 'mailer',
  start(runtime) {
    const { 'smtp-url': url, MAIL_FROM: from } = config.of(runtime);
    const transport = createTransport({ url, pool: true, maxConnections: CONNECTIONS, ...TIMEOUTS });
    const domain = from.replace(/^.*@|>$/g, '');
    return {
      async send({ id, to, subject, text, html }) {
        try {
          const messageId = `<${id}@${domain}>`;
          const headers = { 'Auto-Submitted': 'auto-generated' };
          await within(MOST_MS, transport.sendMail({ from, to, subject, text, html, messageId, headers }));
          return { accepted: true };
        } catch (error) {
          // The error itself names the address, which belongs in no log.
          const { code, responseCode }: MailError = Object(error);
          runtime.log.warn({ code, responseCode, notificationId: id }, 'a mail was not taken');
          return refusalOf({ code, responseCode });
        }
      },
      close: () => transport.close(),
    };
  },
  stop: (opened) => opened.close(),
});
