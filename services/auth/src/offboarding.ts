import type { Kept, Removal } from '@souk/offboarding';
import { withheldPermissions } from './permission/permission.store.ts';
import { eraseStaff } from './person/leaving.actions.ts';
import { standings } from './session/standing.store.ts';
import { departed } from './user/departure.store.ts';
import { users } from './user/user.store.ts';

/** What auth removes of a company in another way than by its stores' scopes. */
export const removals: readonly Removal[] = [
  { store: users, remove: eraseStaff },
  { store: withheldPermissions, where: (_id) => ({ _id }) },
  { store: standings, where: (_id) => ({ _id }) },
];

export const keeps: readonly Kept[] = [
  { store: departed, because: 'it names nobody, and says of the ids in books and in the audit trail whose they were' },
];
