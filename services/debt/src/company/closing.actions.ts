import type { Gone } from '@souk/offboarding';
import type { Context } from '@souk/service-kit';
import { endReminders } from '../debt/debt.actions.ts';
import { noteDeletion } from './company.actions.ts';

/** Nobody is reminded for a company that was deleted, and nobody can owe it anything new. */
export async function closeCompany(ctx: Context, gone: Gone): Promise<void> {
  await endReminders(ctx, gone.companyId);
  await noteDeletion(ctx, gone);
}
