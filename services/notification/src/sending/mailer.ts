import { defineResource } from '@souk/service-kit';
import { createTransport } from 'nodemailer';
import { config } from '../config.ts';
import type { Outcome } from '../notification/notification.rules.ts';
import type { Letter } from '../templates/letter.ts';

export interface Mailer {
  /** Hands a mail to the server. Its Message-ID is made of `id`, so that one sent twice after a crash is known to be the same. */
  send(mail: Letter & { id: string; to: string }): Promise<Outcome>;
  close(): void;
}

const CONNECTIONS = 5;
/** All of them together end within the time that a mail is claimed for. */
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
          await transport.sendMail({ from, to, subject, text, html, messageId, headers: { 'Auto-Submitted': 'auto-generated' } });
          return { accepted: true };
        } catch (error) {
          runtime.log.warn({ err: error, notificationId: id }, 'a mail was not taken');
          return refusalOf(error);
        }
      },
      close: () => transport.close(),
    };
  },
  stop: (opened) => opened.close(),
});

/** A 5xx answer to the recipient or the message stands for good; everything else may pass. */
function refusalOf(error: unknown): Outcome {
  const { code, responseCode = 0 }: { code?: string; responseCode?: number } = Object(error);
  const isFinal = responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  const reason = code === 'EENVELOPE' ? 'mailbox_refused' : code === 'EMESSAGE' ? 'message_refused' : 'mail_server_unavailable';
  return { accepted: false, reason, isFinal };
}
