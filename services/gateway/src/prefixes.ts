import type { ServiceName } from '@souk/contracts';

/**
 * Which service has the paths under a first segment. A service's declarations say which operations there are; this says whose a name
 * is, so that no service can take another's paths, and what is away is told from what does not exist.
 */
export const PREFIXES: Readonly<Record<string, ServiceName>> = {
  '.well-known': 'auth',
  analytics: 'analytics',
  audit: 'audit',
  auth: 'auth',
  brands: 'ecommerce',
  cart: 'ecommerce',
  categories: 'ecommerce',
  chat: 'websocket',
  checkout: 'sales',
  companies: 'company',
  customers: 'sales',
  debts: 'debt',
  features: 'company',
  imports: 'ecommerce',
  inventory: 'inventory',
  invoices: 'sales',
  media: 'ecommerce',
  notifications: 'notification',
  orders: 'sales',
  'payment-methods': 'payment',
  payments: 'payment',
  plans: 'company',
  presence: 'websocket',
  products: 'ecommerce',
  promotions: 'ecommerce',
  'purchase-orders': 'inventory',
  quotes: 'ecommerce',
  recommendations: 'ecommerce',
  returns: 'sales',
  reviews: 'ecommerce',
  shops: 'shop',
  storefront: 'company',
  suppliers: 'inventory',
  users: 'auth',
  warehouses: 'inventory',
  webhooks: 'notification',
  wishlist: 'ecommerce',
};

/** Operations by which a stranger tries names and passwords: counted more strictly, and by account. */
export const SIGN_INS: ReadonlySet<string> = new Set(['POST /auth/login', 'POST /auth/register', 'POST /auth/forgot-password']);
