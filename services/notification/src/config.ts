import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  environment: z.object({
    /** Where people reach the platform: links in mails begin with it. */
    PUBLIC_URL: z.url().default('http://localhost:8000'),
    /** Sender of every mail; its domain is also that of the Message-ID. */
    MAIL_FROM: z
      .string()
      .regex(/^[^<>]*<[^<>@\s]+@[^<>@\s]+>$/)
      .default('Souk <no-reply@souk.dev>'),
  }),
  secrets: z.object({ 'smtp-url': z.string().regex(/^smtps?:\/\//) }),
});
