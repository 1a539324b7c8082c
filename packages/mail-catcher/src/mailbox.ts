import { randomUUID } from 'node:crypto';
import type { Mail } from './mime.ts';
import { parseMail } from './mime.ts';

/** A mail as it was caught; `recipients` are those of the envelope, with blind copies. */
export interface CaughtMail extends Mail {
  id: string;
  receivedAt: string;
  recipients: string[];
}

/** The newest mails, at most `limit` of them: a load test must not fill the memory. */
export class Mailbox {
  readonly #mails: CaughtMail[] = [];
  readonly #limit: number;

  constructor(limit = 5_000) {
    this.#limit = limit;
  }

  add(source: Buffer, recipients: string[]): CaughtMail {
    const mail = { id: randomUUID(), receivedAt: new Date().toISOString(), recipients, ...parseMail(source) };
    this.#mails.push(mail);
    if (this.#mails.length > this.#limit) this.#mails.shift();
    return mail;
  }

  /** Oldest first; only those to the address `to`, if it is given. */
  list(to?: string): CaughtMail[] {
    return to === undefined ? [...this.#mails] : this.#mails.filter((mail) => mail.recipients.includes(to));
  }

  find(id: string): CaughtMail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }

  clear(): void {
    this.#mails.length = 0;
  }
}
