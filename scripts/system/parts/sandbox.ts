import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PartPlan } from '../part.ts';
import { root } from '../places.ts';
import { answers } from '../probe.ts';

export interface SandboxOptions {
  folder: string;
  port: number;
  apiKey: string;
  webhookSecret: string;
  webhookUrl: string;
}

/** The sandbox payment gateway: a process of its own with its own book, reached as a real gateway is. */
export function planSandbox({ folder, port, apiKey, webhookSecret, webhookUrl }: SandboxOptions): PartPlan {
  mkdirSync(folder, { recursive: true });
  return {
    name: 'sandbox',
    command: {
      file: process.execPath,
      args: ['--max-old-space-size=128', join(root, 'packages', 'payment-sandbox', 'src', 'main.ts')],
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: String(port),
        SANDBOX_DB: join(folder, 'book.db'),
        SANDBOX_API_KEY: apiKey,
        SANDBOX_WEBHOOK_SECRET: webhookSecret,
        SANDBOX_WEBHOOK_URL: webhookUrl,
      },
      cwd: root,
    },
    ports: { http: port },
    ready: () => answers(`http://127.0.0.1:${port}/health`),
    readyTimeoutMs: 20_000,
    stopTimeoutMs: 5_000,
  };
}
