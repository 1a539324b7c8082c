import { z } from 'zod';

// The part of https://github.com/compose-spec/compose-spec/blob/main/spec.md that compose.yaml uses, in its short forms.

const CONDITION = z.enum(['service_healthy', 'service_completed_successfully']);
const composeService = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string().optional(), target: z.string().optional() }).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\$\{SOUK_[A-Z_]*PORT:-\d+\}:\d+$/)).optional(),
  volumes: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  restart: z.enum(['unless-stopped']).optional(),
  stop_grace_period: z.string().optional(),
  hostname: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: CONDITION })).optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() })
    .optional(),
});

/** With keys of the first level that begin with `x-`, which Compose passes over. */
export const composeFile = z
  .object({ name: z.string(), services: z.record(z.string(), composeService), volumes: z.record(z.string(), z.null()) })
  .catchall(z.unknown())
  .refine((file) => Object.keys(file).every((key) => ['name', 'services', 'volumes'].includes(key) || key.startsWith('x-')));
