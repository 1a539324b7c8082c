import type { Figure, TakeFrom } from '@souk/service-kit';
import { defineResource } from '@souk/service-kit';
import { config } from '../config.ts';
import { ReplicaBudgets } from './replica-budgets.ts';
import { openSharedBudgets } from './shared-budgets.ts';

const PREFIX = 'souk:limit:';

export interface Budgets {
  take: TakeFrom;
  /** Whether all replicas count together. */
  isShared(): boolean;
  close(): void;
}

/** The budgets behind all limits: of all replicas together where there is a Redis that answers, of this one otherwise. */
export const budgets = defineResource<Budgets>({
  name: 'budgets',
  start: (runtime) => {
    const { REDIS_URL } = config.of(runtime);
    const shared = REDIS_URL === '' ? undefined : openSharedBudgets(REDIS_URL, runtime.log);
    const own = new ReplicaBudgets();
    return {
      take: async (name, key, limit) => {
        const taken = await shared?.take(`${PREFIX}${name}:${key}`, limit);
        if (taken !== undefined && taken.hits > limit) return taken;
        // Counted here as well, so that what Redis leaves behind when it goes is not a fresh budget, nor what it has when it comes back
        // empty: it never knows of fewer than this replica alone has let in.
        const counted = own.take(name, key, { nowMs: performance.timeOrigin + performance.now(), limit });
        const knowsMore = taken !== undefined && counted.hits > taken.hits && own.tellsApart(name, key);
        return taken === undefined || knowsMore ? counted : taken;
      },
      isShared: () => shared?.isUp() ?? false,
      close: () => shared?.close(),
    };
  },
  stop: (value) => value.close(),
});

/** Where limits are counted, for a scrape. */
export const budgetFigure: Figure = {
  name: 'souk_limits_shared',
  help: 'Whether limits are counted for all replicas together (1) or by each replica for itself (0)',
  label: 'by',
  read: async (ctx) => ({ redis: Number(budgets.of(ctx).isShared()) }),
};
