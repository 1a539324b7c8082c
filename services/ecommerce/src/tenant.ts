import type { Context } from '@souk/service-kit';
import { forbidden, invalid } from '@souk/service-kit';

/** The company a caller makes something for: its own, or the one a super admin names. Throws 422 when a super admin names none. */
export function companyOf(ctx: Context, named: string | undefined): string {
  const own = ctx.caller?.companyId;
  if (ctx.scope.kind !== 'system') {
    if (own === undefined || (named !== undefined && named !== own)) throw forbidden('You work for another company');
    return own;
  }
  if (named !== undefined) return named;
  throw invalid('companyId is needed', {
    errors: [{ path: 'body.companyId', code: 'required', message: 'which company is it for?' }],
  });
}
