import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { MailCatcherConfig } from './config.ts';
import { Mailbox } from './mailbox.ts';

const MAX_MAIL_BYTES = 10 * 1024 * 1024;

export interface MailCatcher {
  smtpPort: number;
  webPort: number;
  mailbox: Mailbox;
  close(): Promise<void>;
}

/** Listens for SMTP (any sender, no TLS, on the loopback unless told) and for HTTP; port 0 takes a free one. */
export async function startMailCatcher(options: MailCatcherConfig): Promise<MailCatcher> {
  const mailbox = new Mailbox();
  const smtp = smtpServer(mailbox);
  const web = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { status, body } = answer(mailbox, `${request.method} ${url.pathname}`, url);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  });
  await listen(smtp.server as Server, options.smtpPort, options.host);
  await listen(web, options.webPort, options.host);
  const close = async (): Promise<void> => {
    await Promise.all([new Promise<void>((done) => smtp.close(done)), new Promise((done) => web.close(done))]);
  };
  return { smtpPort: portOf(smtp.server as Server), webPort: portOf(web), mailbox, close };
}

function smtpServer(mailbox: Mailbox): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size: MAX_MAIL_BYTES,
    onAuth: (_auth, _session, done) => done(null, { user: 'anyone' }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          done(new Error('The mail is larger than 10 MiB'));
          return;
        }
        mailbox.add(
          Buffer.concat(chunks),
          session.envelope.rcptTo.map((recipient) => recipient.address),
        );
        done();
      });
    },
  });
}

interface Reply {
  status: number;
  body: unknown;
}

/** `GET /email[?to=address]`, `GET /email/:id`, `DELETE /email/all`, `GET /healthz`: the paths of maildev. */
function answer(mailbox: Mailbox, route: string, url: URL): Reply {
  if (route === 'GET /healthz') return { status: 200, body: true };
  if (route === 'GET /email' || route === 'GET /')
    return { status: 200, body: mailbox.list(url.searchParams.get('to') ?? undefined) };
  if (route === 'DELETE /email/all') {
    mailbox.clear();
    return { status: 200, body: true };
  }
  const mail = route.startsWith('GET /email/') ? mailbox.find(url.pathname.slice('/email/'.length)) : undefined;
  return mail ? { status: 200, body: mail } : { status: 404, body: { error: 'There is no such mail' } };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
