import { join } from 'node:path';
import type { PartPlan } from '../part.ts';
import { root } from '../places.ts';
import { answers } from '../probe.ts';

/** The mail catcher: takes all mail over SMTP, shows it over HTTP (`GET /email`), sends none on. */
export function planMail(ports: { smtp: number; web: number }): PartPlan {
  return {
    name: 'maildev',
    command: {
      file: process.execPath,
      args: ['--max-old-space-size=128', join(root, 'packages', 'mail-catcher', 'src', 'main.ts')],
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', SMTP_PORT: String(ports.smtp), WEB_PORT: String(ports.web) },
      cwd: root,
    },
    ports,
    ready: () => answers(`http://127.0.0.1:${ports.web}/healthz`),
    readyTimeoutMs: 20_000,
    stopTimeoutMs: 5_000,
  };
}
