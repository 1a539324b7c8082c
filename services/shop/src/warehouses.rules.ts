/** How much of each sku in a warehouse is kept for a shop, in basis points of what is on hand. */
export interface SetAside {
  warehouseId: string;
  basisPoints: number;
}

/** All of what is on hand, in basis points. */
export const WHOLE_BASIS_POINTS = 10_000;

/** Warehouses of which more would be set aside for several shops than there is. `others` are those of the company's other shops. */
export function overbooked(wanted: readonly SetAside[], others: readonly SetAside[]): string[] {
  const isOver = ({ warehouseId, basisPoints }: SetAside) =>
    others.filter((other) => other.warehouseId === warehouseId).reduce((sum, other) => sum + other.basisPoints, basisPoints) >
    WHOLE_BASIS_POINTS;
  return wanted.filter(isOver).map(({ warehouseId }) => warehouseId);
}
