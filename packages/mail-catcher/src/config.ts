export interface MailCatcherConfig {
  host: string;
  smtpPort: number;
  webPort: number;
}

/** Reads HOST, SMTP_PORT and WEB_PORT; the ports are those that maildev takes. */
export function readConfig(): MailCatcherConfig {
  const { HOST = '127.0.0.1', SMTP_PORT = '1025', WEB_PORT = '1080' } = process.env;
  return { host: HOST, smtpPort: Number(SMTP_PORT), webPort: Number(WEB_PORT) };
}
