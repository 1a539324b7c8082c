import { getContact, mintMailToken } from '@souk/contracts';
import type { MailCatcher } from '@souk/mail-catcher';
import { startMailCatcher } from '@souk/mail-catcher';
import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';

export interface MailWorld {
  app: TestService;
  mails: MailCatcher;
  /** Ends the mail server; `restart` begins another on the same port. */
  cutMail(): Promise<void>;
  restartMail(): Promise<void>;
  stop(): Promise<void>;
}

export const addressOf = (userId: string): string => `${userId}@example.com`;

/** The service beside a real SMTP server, with an auth service that knows everybody. */
export async function startMailWorld(): Promise<MailWorld> {
  const options = { host: '127.0.0.1', smtpPort: 0, webPort: 0 };
  let mails = await startMailCatcher(options);
  const { smtpPort } = mails;
  let isUp = true;
  const app = await startTestService(service, {
    env: { PUBLIC_URL: 'https://souk.example' },
    secrets: { 'smtp-url': `smtp://127.0.0.1:${smtpPort}` },
  });
  app.sidecar.answer(getContact, ({ params }) => ({
    userId: params.id,
    email: addressOf(params.id),
    name: 'Ada',
    isActive: true,
  }));
  app.sidecar.answer(mintMailToken, ({ params, body }) => ({
    ...{ email: addressOf(params.id), name: 'Ada', token: `secret-${body.purpose}`, expiresAt: '2030-01-01T00:00:00.000Z' },
    opens: body.purpose === 'verify' ? ('verify_email' as const) : ('reset_password' as const),
  }));
  return {
    app,
    get mails() {
      return mails;
    },
    async cutMail() {
      isUp = false;
      await mails.close();
    },
    async restartMail() {
      mails = await startMailCatcher({ ...options, smtpPort });
      isUp = true;
    },
    async stop() {
      await app.stop();
      if (isUp) await mails.close();
    },
  };
}

/** Repeats an assertion for as long as a busy machine may need to send a mail. */
export const soon = <Result>(attempt: () => Promise<Result> | Result): Promise<Result> =>
  eventually(attempt, { withinMs: 30_000 });
