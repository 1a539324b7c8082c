export { type CaughtMail, Mailbox } from './mailbox.ts';
export { type Mail, parseMail } from './mime.ts';
export { type MailCatcher, startMailCatcher } from './server.ts';
