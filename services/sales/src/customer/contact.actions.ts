import { getContact } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { DomainError } from '@souk/service-kit';

/** How many of a page's people auth is asked of at the same time. */
const MOST_AT_ONCE = 8;
const ASK_TIMEOUT_MS = 2_000;
const NOT_FOUND = 404;

export interface Contact {
  name: string;
  email: string;
}

/**
 * Names and addresses of users, asked of auth each time because sales keeps none. Whom auth does not know is left out; so are all that
 * are left once auth fails, as a page without names is better than none.
 */
export async function findContacts(ctx: Context, userIds: readonly string[]): Promise<Map<string, Contact>> {
  const found = new Map<string, Contact>();
  const left = [...new Set(userIds)];
  const ask = async (): Promise<void> => {
    for (let userId = left.pop(); userId !== undefined; userId = left.pop()) {
      const contact = await askContact(ctx, userId);
      if (contact === 'away') left.length = 0;
      else if (contact) found.set(userId, contact);
    }
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, ask));
  return found;
}

async function askContact(ctx: Context, userId: string): Promise<Contact | 'away' | undefined> {
  try {
    const { name, email } = await ctx.invoke(getContact, { params: { id: userId }, timeoutMs: ASK_TIMEOUT_MS });
    return { name, email };
  } catch (error) {
    if (error instanceof DomainError && error.status === NOT_FOUND) return undefined;
    ctx.log.warn({ err: error }, 'customers are shown without their names');
    return 'away';
  }
}
