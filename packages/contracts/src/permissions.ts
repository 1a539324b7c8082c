import { z } from 'zod';
import { PREFIXES } from './prefixes.ts';

/** Roles as they stand in tokens. */
export const ROLES = ['super_admin', 'company_admin', 'shop_manager', 'shop_staff', 'customer'] as const;
export type Role = (typeof ROLES)[number];

/** How far a caller of a role reaches in an operation: all of it, its company's, its shops', its own, or what is public. */
export type Reach = 'all' | 'company' | 'shops' | 'own' | 'public';

/** First parts of paths that are about an account's own login: no key may do it, and no company may keep its people from it. */
const PERSONAL_PREFIXES = new Set(['.well-known', 'auth', 'storefront']);

/**
 * Reading or writing what is under one first part of the paths, as in `orders:write`. A key of a service account names what it may do; a
 * company names what its shops' people may not.
 */
export const permission = z.enum(
  Object.keys(PREFIXES)
    .filter((prefix) => !PERSONAL_PREFIXES.has(prefix))
    .flatMap((prefix) => [`${prefix}:read`, `${prefix}:write`]),
);

/** The permission that an operation is under; every method but GET writes. */
export const permissionOf = ({ method, path }: { method: string; path: string }): string =>
  `${path.split('/')[1]}:${method === 'GET' ? 'read' : 'write'}`;
