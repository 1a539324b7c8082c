import { newId } from '@souk/service-kit';
import type { Ground, Json, Mutant } from './forge.ts';
import { byAttacker, byAuth, mutants, part, shown } from './forge.ts';

const YEAR = 365 * 24 * 3600;

/** Values that a claim must not have, all signed by auth's own key: what a fault of auth's would come to. */
const CONFUSED: Record<string, readonly unknown[]> = {
  role: [
    ...['Super_Admin', 'super_admin ', 'super admin', 'owner', '', '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
    ...[['super_admin'], ['super_admin', 'customer'], { super_admin: true }, null, 0, true, undefined],
  ],
  companyId: ['x', '', '*', [newId()], [], {}, { $ne: null }, null, 0, true],
  shopIds: ['x', newId(), {}, { $in: [] }, [0], [null], ['x'], [[newId()]], null, true],
  scopes: ['all', '*', {}, [1], [null], [['GET /orders']], null, true],
  withheld: ['', {}, [0], null, false],
  sid: [5, '', null, [], [newId()], {}, 'x', '__proto__', true, undefined],
  userId: [1, '', null, [newId()], { $gt: '' }, 'x', '__proto__', undefined],
  email: [1, null, [], {}, undefined],
  iss: ['Souk', 'SOUK', 'souk ', 'souk-api', 'https://souk', '', ['souk'], {}, null, 0, undefined],
  aud: ['souk', 'SOUK-API', 'Souk-Api', 'souk-api ', '', [], ['other'], [['souk-api']], {}, null, 0, undefined],
  iat: ['0', null, [], {}, true, undefined],
};

function confused({ header, claims }: Ground): Mutant[] {
  const tokens = Object.entries(CONFUSED).flatMap(([claim, values]) =>
    values.map((value) => [`${claim} ${shown(value)}`, byAuth(header, { ...claims, [claim]: value })] as const),
  );
  return mutants('claim', tokens);
}

function outOfTime({ header, claims, now }: Ground): Mutant[] {
  const over: Json[] = [
    ...[now - 1, now - YEAR, 0, 1, -1, now / 1000].map((exp) => ({ exp })),
    ...[String(now + 900), 'never', null, [now + 900], {}, true, undefined].map((exp) => ({ exp })),
    ...[now + 3_600, now + YEAR].map((iat) => ({ iat, exp: iat + 900 })),
    ...[now + 60, now + YEAR, 1e300, String(now), 'now', null, [now], {}, true].map((nbf) => ({ nbf })),
  ];
  return mutants(
    'time',
    over.map((time) => [shown(time), byAuth(header, { ...claims, ...time })] as const),
  );
}

/** A good signature under what it was not made for. */
function swapped({ good, header, claims }: Ground): Mutant[] {
  const [head = '', , signature = ''] = good.split('.');
  const other = byAuth(header, { ...claims, userId: newId(), sid: newId() }).split('.');
  const put = (name: string, payload: unknown) => [name, `${head}.${part(payload)}.${signature}`] as const;
  const text = JSON.stringify(claims);
  return mutants('swap', [
    put('role', { ...claims, role: 'super_admin', more: 1 }),
    put('user', { ...claims, userId: newId() }),
    put('company', { ...claims, companyId: newId() }),
    put('session', { ...claims, sid: newId() }),
    put('a later end', { ...claims, exp: Number(claims.exp) + YEAR }),
    put('no end', { ...claims, exp: undefined }),
    put('a role twice', text.replace(/}$/, ',"role":"super_admin"}')),
    put('a role twice, ours last', `{"role":"super_admin",${text.slice(1)}`),
    put('an end twice', text.replace(/}$/, `,"exp":${Number(claims.exp) + YEAR}}`)),
    put('an escaped name', text.replace('"role"', '"r\\u006fle"')),
    put('a space', `${text} `),
    put('another sequence', Object.fromEntries(Object.entries(claims).reverse())),
    ['a signature of another token', `${head}.${good.split('.')[1]}.${other[2]}`],
    ['a payload of another token', `${head}.${other[1]}.${signature}`],
    ['all of it signed by an attacker', byAttacker(header, claims)],
    ['an attacker as super admin', byAttacker(header, { ...claims, role: 'super_admin' })],
  ]);
}

/** What is no object of claims, though auth signed it. */
function shapeless({ good, header, claims }: Ground): Mutant[] {
  const hidden = JSON.stringify({ claims, user: claims }).replace(/}$/, `,"__proto__":${JSON.stringify(claims)}}`);
  return mutants('payload', [
    ['a list', byAuth(header, [claims])],
    ['null', byAuth(header, 'null')],
    ['a number', byAuth(header, '1')],
    ['a text', byAuth(header, '"claims"')],
    ['nothing', byAuth(header, '{}')],
    ['no JSON', byAuth(header, '{claims')],
    ['claims in a prototype', byAuth(header, hidden)],
    ['a token in a token', byAuth({ ...header, cty: 'JWT' }, JSON.stringify(good))],
    ['a bare token in a token', byAuth({ ...header, cty: 'JWT' }, good)],
    ['a token in an attacker’s', byAttacker({ ...header, cty: 'JWT' }, good)],
    ['huge, by auth', byAuth(header, { ...claims, more: 'x'.repeat(4_000) })],
    ['huge, by an attacker', byAttacker(header, { ...claims, more: 'x'.repeat(5_000) })],
  ]);
}

export const claimMutants = (ground: Ground): Mutant[] =>
  [confused, outOfTime, swapped, shapeless].flatMap((make) => make(ground));
