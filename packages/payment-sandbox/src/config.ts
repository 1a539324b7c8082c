import { z } from 'zod';

const environment = z.object({
  SANDBOX_API_KEY: z.string().min(8).max(200),
  SANDBOX_WEBHOOK_SECRET: z.string().min(8).max(200),
  SANDBOX_WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  SANDBOX_DB: z.string().min(1).default(':memory:'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8100),
});

/** How one sandbox gateway is started. `now` is the clock in milliseconds; only tests give another one than the machine's. */
export interface SandboxConfig {
  apiKey: string;
  webhookSecret: string;
  webhookUrl: string | null;
  bookPath: string;
  host: string;
  port: number;
  now: () => number;
}

/** Reads the environment, where an empty variable counts as unset; throws a ZodError that names what is wrong. */
export function readConfig(variables: Record<string, string | undefined> = process.env): SandboxConfig {
  const given = environment.parse(Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')));
  return {
    apiKey: given.SANDBOX_API_KEY,
    webhookSecret: given.SANDBOX_WEBHOOK_SECRET,
    webhookUrl: given.SANDBOX_WEBHOOK_URL ?? null,
    bookPath: given.SANDBOX_DB,
    host: given.HOST,
    port: given.PORT,
    now: Date.now,
  };
}
