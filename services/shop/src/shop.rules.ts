/** Who works in a shop, and who of them leads it. */
export interface Staffing {
  managerId: string | null;
  staffIds: string[];
}

/** The staffing with `userId` in it. */
export function withStaff({ managerId, staffIds }: Staffing, userId: string): Staffing {
  return { managerId, staffIds: staffIds.includes(userId) ? staffIds : [...staffIds, userId] };
}

/** The staffing without `userId`, who does not lead the shop any more either. */
export function withoutStaff({ managerId, staffIds }: Staffing, userId: string): Staffing {
  return { managerId: managerId === userId ? null : managerId, staffIds: staffIds.filter((id) => id !== userId) };
}

/** The staffing led by `userId`, who works there then; the one before stays as staff. Null: nobody leads it. */
export function ledBy(staffing: Staffing, userId: string | null): Staffing {
  const { staffIds } = userId === null ? staffing : withStaff(staffing, userId);
  return { managerId: userId, staffIds };
}
