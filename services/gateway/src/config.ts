import { SERVICES } from '@souk/contracts';
import { defineConfig, originList } from '@souk/service-kit';
import { z } from 'zod';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
);
const perMinute = z.coerce.number().int().min(1);

/** `sales=http://127.0.0.1:8005,...` */
const origins = list.pipe(
  z
    .array(z.string().regex(/^[a-z]+=https?:\/\/[^/]+$/))
    .transform((entries) => Object.fromEntries(entries.map((entry) => entry.split('=')))),
);

export const config = defineConfig({
  environment: z.object({
    /** Origins whose pages may read answers; `*` for all, none when empty. */
    CORS_ORIGINS: originList,
    /** Addresses and networks of the proxies before us, whose X-Forwarded-For is believed. */
    TRUSTED_PROXIES: list.default([]),
    /** Services that are asked directly instead of through the sidecar: for measuring, and for running without sidecars. */
    UPSTREAMS: origins.pipe(z.partialRecord(z.enum(SERVICES), z.url())).default({}),
    /** Where upgrades of `/socket.io` go. */
    WEBSOCKET_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8009'),
    /** Sockets one process passes on. */
    MOST_SOCKETS: z.coerce.number().int().min(1).default(20_000),
    /** Of them, those of one client's network. */
    MOST_SOCKETS_PER_IP: z.coerce.number().int().min(1).default(1_000),
    UPSTREAM_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(30_000),
    /** How long a service that has stopped answering is not asked, before one request tries it. */
    CIRCUIT_OPEN_MS: z.coerce.number().int().min(100).max(60_000).default(2_000),
    /** Where replicas share their budgets; each has budgets of its own when empty. */
    REDIS_URL: z.union([z.literal(''), z.url({ protocol: /^rediss?$/ })]).default(''),
    // Requests of one key in any 60 s, wherever they begin: there is no burst on top.
    LIMIT_PER_IP: perMinute.default(3_000),
    LIMIT_PER_USER: perMinute.default(1_200),
    LIMIT_SIGN_IN_PER_IP: perMinute.default(60),
    LIMIT_SIGN_IN_PER_ACCOUNT: perMinute.default(10),
  }),
});
