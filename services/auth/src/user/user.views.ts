import { id, instant, ROLES } from '@souk/contracts';
import { z } from 'zod';
import type { User } from './user.store.ts';

export const userView = z.object({
  id,
  email: z.email(),
  name: z.string(),
  phone: z.string().optional(),
  locale: z.string().optional(),
  role: z.enum(ROLES),
  companyId: id.optional(),
  shopIds: z.array(id),
  isActive: z.boolean(),
  isVerified: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});
export type UserView = z.infer<typeof userView>;

export function viewUser(user: User): UserView {
  const { phone, locale, companyId } = user;
  return {
    id: user._id,
    email: user.email,
    name: user.name,
    ...(phone && { phone }),
    ...(locale && { locale }),
    role: user.role,
    ...(companyId && { companyId }),
    shopIds: user.shopIds,
    isActive: user.isActive,
    isVerified: user.isVerified,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}

/** Mails greet by the name, and strangers choose it: nothing in it may look like an address or break a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is to refuse.
const NAME = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029/]+$/;

/** What a person may say of themselves. */
export const personFields = {
  name: z.string().trim().min(1).max(200).regex(NAME, 'no line breaks, control characters or slashes'),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/)
    .optional(),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/)
    .optional(),
};

export const emailField = z.email().max(254);
export const newPassword = z.string().min(10).max(200);
export const givenPassword = z.string().min(1).max(200);
