/** Roles as they stand in tokens. */
export const ROLES = ['super_admin', 'company_admin', 'shop_manager', 'shop_staff', 'customer'] as const;
export type Role = (typeof ROLES)[number];

/** How far a caller of a role reaches in an operation: all of it, its company's, its shops', its own, or what is public. */
export type Reach = 'all' | 'company' | 'shops' | 'own' | 'public';
