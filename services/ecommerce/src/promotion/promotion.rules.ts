/** Lowers the price of a basket: `percent` by `value` basis points, `fixed` by `value` minor units of the company's currency. */
export interface Promotion {
  _id: string;
  companyId: string;
  version: number;
  name: string;
  kind: 'percent' | 'fixed';
  value: number;
  /** What the buyer types; a promotion without one applies by itself. */
  code?: string | undefined;
  /** The code as it is compared; unique in the company. */
  codeKey: string;
  minimumSubtotal: number;
  /** It lowers these products and what is in these categories; both empty: all. */
  productIds: string[];
  categoryIds: string[];
  from?: Date | undefined;
  to?: Date | undefined;
  limitTotal?: number | undefined;
  limitPerCustomer?: number | undefined;
  isActive: boolean;
  /** Goes together with other stackable ones; one that does not stack stands alone. */
  stackable: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** Codes are compared without regard to case and to spaces around them. */
export const codeKeyOf = (code: string): string => code.trim().toUpperCase();

/** Whether a promotion runs at a moment. */
export function isRunning({ isActive, from, to }: Pick<Promotion, 'isActive' | 'from' | 'to'>, at: Date): boolean {
  return isActive && (from === undefined || from <= at) && (to === undefined || at < to);
}

export const isLimited = ({ limitTotal, limitPerCustomer }: Pick<Promotion, 'limitTotal' | 'limitPerCustomer'>): boolean =>
  limitTotal !== undefined || limitPerCustomer !== undefined;
