import { traceFields } from '@souk/tracing';
import type { DestinationStream, Logger } from 'pino';
import pino from 'pino';

export type { Logger } from 'pino';

/** Names of fields that must never be read in a log, at any of the depths a log line has. */
const SECRET_FIELDS = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'secret', 'clientSecret'];
const redact = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** JSON lines on standard output; each carries the ids of the request or event that caused it. */
export function createLog(service: string, level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { service },
      redact: { paths: redact, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceFields,
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
