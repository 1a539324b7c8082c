import { z } from 'zod';

/** Environment that every service has; a service adds its own keys with `defineConfig`. */
export const commonEnvironment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535),
  DAPR_HTTP_PORT: z.coerce.number().int().min(1).max(65_535).default(3500),
  /** What we show the sidecar, and what it shows us: without both, nobody on the host's network is kept out. */
  DAPR_API_TOKEN: z.string().min(16),
  APP_API_TOKEN: z.string().min(16),
  /** Which release this is. */
  SOUK_VERSION: z.string().max(64).default('dev'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Which replica this is: names its live queue and its leases. */
  INSTANCE: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional(),
  SIDECAR_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
  SHUTDOWN_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(15_000),
  /** Lets tests move this process's clock through its sidecar port. Never set in images. */
  SOUK_TEST_CLOCK: z.stringbool().default(false),
  /** Checks each inserted document against its schema. */
  SOUK_CHECK_WRITES: z.stringbool().default(false),
  /** Where it is set, the process only migrates, by the secrets of this file and without a sidecar, and ends. */
  MIGRATION_SECRETS_FILE: z.string().min(1).optional(),
  SWEEP_EVERY_MS: z.coerce.number().int().min(100).default(15_000),
  SWEEP_AGE_MS: z.coerce.number().int().min(0).default(10_000),
});
export type CommonEnvironment = z.infer<typeof commonEnvironment>;

export const commonSecrets = z.object({ 'mongodb-uri': z.string().min(1) });

/** Origins of web pages, separated by commas; `*` stands for all, and none when empty. With a path one would never be met. */
export const originList = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .transform((entries) => entries.filter(Boolean))
  .pipe(
    z.array(
      z.string().regex(/^(?:\*|[a-z][a-z0-9+.-]*:\/\/[^/]+)$/i, 'an origin is a scheme and a host, as in https://shop.example'),
    ),
  )
  .default([]);

/** A service's own configuration: parsed at start, read in actions with `config.of(ctx)`. */
export interface Config<Env = unknown, Secrets = unknown> {
  readonly environment: z.ZodType<Env> | undefined;
  readonly secrets: z.ZodType<Secrets> | undefined;
  /** The parsed values of the service that `holder` belongs to. */
  of(holder: { value(key: object): unknown }): Env & Secrets;
}

/** Declares the environment and secrets of a service. A missing or wrong one stops the start with its name. */
export function defineConfig<Env extends object = object, Secrets extends object = object>(declaration: {
  environment?: z.ZodType<Env>;
  secrets?: z.ZodType<Secrets>;
}): Config<Env, Secrets> {
  const self: Config<Env, Secrets> = {
    environment: declaration.environment,
    secrets: declaration.secrets,
    of: (holder) => holder.value(self) as Env & Secrets,
  };
  return self;
}

/** A configuration that cannot be started with: says which keys and why, never their values. */
export class ConfigError extends Error {}

/** Parses `values`, naming every key that is missing or wrong. Throws ConfigError. */
export function parseConfig<Values>(schema: z.ZodType<Values>, values: unknown, source: string): Values {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`${source} is not as it must be: ${reasons.join('; ')}`);
}

/** This process's environment: the one place that reads it. */
export const processEnvironment = (): Record<string, string | undefined> => process.env;
