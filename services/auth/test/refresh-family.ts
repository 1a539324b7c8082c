import type { TestService } from '@souk/testing';
import { GRACE_MS } from '../src/session/session.rules.ts';
import { refresh } from './running-auth.ts';

/** When something happened: not before and not after. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export type Standing = 'unspent' | 'in grace' | 'after grace';

/** What is known outside of one session: all tokens it ever gave, and when each was first shown. */
export interface Family {
  userId: string;
  sid: string;
  accessToken: string;
  /** Undefined for a token that was never shown. */
  spent: Map<string, Span | undefined>;
  isAlive: boolean;
}

/** A race in one family: what was shown at once, and what must be so afterwards. */
export interface Race {
  tokens: readonly string[];
  /** Whether a copy is among them, which ends the family. */
  hasCopy: boolean;
}

interface Given {
  accessToken: string;
  refreshToken: string;
}

export function familyOf(userId: string, { accessToken, refreshToken }: Given): Family {
  const { sid } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  return { userId, sid, accessToken, spent: new Map([[refreshToken, undefined]]), isAlive: true };
}

/** How a token stands for the next `withinMs`; undefined while the end of its grace lies among them. */
export function standingOf({ spent }: Family, token: string, { nowMs, withinMs }: { nowMs: number; withinMs: number }) {
  const first = spent.get(token);
  if (!first) return 'unspent';
  if (nowMs - first.toMs > GRACE_MS) return 'after grace';
  return nowMs + withinMs - first.fromMs <= GRACE_MS ? 'in grace' : undefined;
}

/** Shows all tokens of a race at once and gives what is wrong with the answers; the family knows afterwards what came of it. */
export async function run(auth: TestService, family: Family, { tokens, hasCopy }: Race): Promise<string[]> {
  const clockMs = () => auth.running.runtime.now().getTime();
  const fromMs = clockMs();
  const copies = new Set(tokens.filter((token) => standingOf(family, token, { nowMs: fromMs, withinMs: 0 }) === 'after grace'));
  const answers = await Promise.all(tokens.map((token) => refresh(auth, token)));
  const span = { fromMs, toMs: clockMs() };
  const wasAlive = family.isAlive;
  for (const token of tokens) if (!family.spent.get(token)) family.spent.set(token, span);
  for (const { status, body } of answers) {
    if (status !== 200) continue;
    family.spent.set(body.refreshToken, undefined);
    family.accessToken = body.accessToken;
  }
  family.isAlive = wasAlive && !hasCopy;
  return answers.flatMap(({ status }, index) => {
    const mustFail = !wasAlive || copies.has(tokens[index] ?? '');
    // Who is beside a copy may come first.
    const may = mustFail ? [401] : hasCopy ? [200, 401] : [200];
    return may.includes(status) ? [] : [`${tokens.length} at once, copy: ${hasCopy}, alive: ${wasAlive}: answered ${status}`];
  });
}
