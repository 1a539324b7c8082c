import { generateKeyPairSync, sign } from 'node:crypto';
import { testJwks } from '@souk/testing';
import type { Ground, Json, Mutant } from './forge.ts';
import { attacker, byAttacker, byAuth, hashed, mutants, part, publicKey, shown } from './forge.ts';

const NONE = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\u0000', '', null, false, 0, [], ['none'], {}];
const NOT_ES256 = [
  'es256',
  'ES256 ',
  'ES256K',
  'ES384',
  'ES512',
  'HS256',
  'RS256',
  'EdDSA',
  ['ES256'],
  { ES256: true },
  256,
  true,
];
const ODD_KIDS = [
  '',
  ' ',
  'TEST',
  ' test',
  'test ',
  'test\u0000',
  'test/../test',
  '../../../../dev/null',
  '/dev/null',
  'file:///dev/null',
];
const CODE_KIDS = [
  "' OR '1'='1",
  "x' UNION SELECT 'key' --",
  '{"$ne":null}',
  '$(id)',
  '`id`',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
];
const NO_KIDS = ['toString', 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(3_000), ['test'], [], {}, null, 0, 1, true];

const withoutKid = ({ kid: _, ...header }: Json): Json => header;

/** Tokens that claim to need no signature. */
function unsigned({ header, claims, good }: Ground): Mutant[] {
  const tokens = NONE.flatMap((alg) => {
    const start = `${part({ ...header, alg })}.${part(claims)}`;
    return [
      [`${shown(alg)} without a signature`, `${start}.`],
      [`${shown(alg)} in two parts`, start],
      [`${shown(alg)} with a signature of another token`, `${start}.${good.split('.')[2]}`],
    ] as const;
  });
  const start = `${part(withoutKid({ ...header, alg: undefined }))}.${part(claims)}`;
  return mutants('alg', [...tokens, ['none at all', `${start}.`]]);
}

/** Tokens hashed with what everybody may read of the key. */
function confused({ header, claims }: Ground): Mutant[] {
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const [jwk] = testJwks().map(({ kid, jwk: found }) => ({ ...found, kid }));
  const secrets: [string, Buffer | string][] = [
    ['the PEM', pem],
    ['the PEM without its last line break', pem.trim()],
    ['the PEM with Windows line breaks', pem.replaceAll('\n', '\r\n')],
    ['the DER', der],
    ['the DER in base64', der.toString('base64')],
    ['the point', der.subarray(-65)],
    ['the JWK', JSON.stringify(jwk)],
    ['the JWKS', JSON.stringify({ keys: [jwk] })],
    ['x', Buffer.from(String(jwk?.x), 'base64url')],
    ['its id', String(header.kid)],
    ['nothing', ''],
    ['secret', 'secret'],
  ];
  const tokens = [256, 384, 512].flatMap((bits) =>
    secrets.map(([name, secret]) => [`HS${bits} with ${name}`, hashed(header, claims, { bits, secret })] as const),
  );
  return mutants('hash', tokens);
}

/** Tokens in other algorithms than ours, and in ours under another name. */
function otherAlgorithms({ header, claims }: Ground): Mutant[] {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const edwards = generateKeyPairSync('ed25519').privateKey;
  const by = (alg: string, hash: string | null, key: Parameters<typeof sign>[2]) => {
    const input = `${part({ ...header, alg })}.${part(claims)}`;
    return [alg, `${input}.${sign(hash, Buffer.from(input), key).toString('base64url')}`] as const;
  };
  return mutants('algorithm', [
    by('RS256', 'sha256', rsa),
    by('RS384', 'sha384', rsa),
    by('RS512', 'sha512', rsa),
    by('PS256', 'sha256', rsa),
    by('ES384', 'sha384', { key: p384, dsaEncoding: 'ieee-p1363' }),
    by('ES256', 'sha256', rsa),
    by('EdDSA', null, edwards),
    ...NOT_ES256.map((alg) => [`${shown(alg)} by auth`, byAuth({ ...header, alg }, claims)] as const),
  ]);
}

function keyIds({ header, claims }: Ground): Mutant[] {
  const kids = [...ODD_KIDS, ...CODE_KIDS, ...NO_KIDS];
  const tokens = kids.flatMap((kid) => [
    [`${shown(kid)} by an attacker`, byAttacker({ ...header, kid }, claims)] as const,
    [`${shown(kid)} by auth`, byAuth({ ...header, kid }, claims)] as const,
    [`${shown(kid)} hashed with nothing`, hashed({ ...header, kid }, claims, { bits: 256, secret: '' })] as const,
  ]);
  return mutants('kid', [...tokens, ['none', byAuth(withoutKid(header), claims)]]);
}

/** Headers that would have us take the attacker's own key. */
function ownKeys({ header, claims, attackerUrl }: Ground): Mutant[] {
  const jwk = attacker.publicKey.export({ format: 'jwk' });
  const der = attacker.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const places: Json[] = [
    { jku: `${attackerUrl}/jwks.json` },
    { x5u: `${attackerUrl}/certificate.pem` },
    { jwk: { ...jwk, kid: header.kid, alg: 'ES256', use: 'sig' } },
    { x5c: [der] },
    { x5c: [der], x5t: 'x', 'x5t#S256': 'x' },
    { jku: `${attackerUrl}/jwks.json`, x5u: `${attackerUrl}/certificate.pem`, jwk, x5c: [der] },
  ];
  const kids = [header.kid, 'attacker', `${attackerUrl}/jwks.json`, undefined];
  const tokens = places.flatMap((place) =>
    kids.map((kid) => [`${shown(place)} as ${kid}`, byAttacker({ ...header, ...place, kid }, claims)] as const),
  );
  return mutants('own key', tokens);
}

function extensions({ header, claims, good }: Ground): Mutant[] {
  const more: Json[] = [
    { crit: ['exp'] },
    { crit: [] },
    { crit: 'b64' },
    { b64: false, crit: ['b64'] },
    { zip: 'DEF' },
    { typ: 'at+jwt' },
  ];
  const tokens = more.flatMap((extra) => {
    const changed = { ...header, ...extra };
    return [
      [`${shown(extra)} by an attacker`, byAttacker(changed, claims)],
      [`${shown(extra)} put in later`, good.split('.').with(0, part(changed)).join('.')],
    ] as const;
  });
  const critical = more.filter(({ crit }) => crit !== undefined);
  const twice = '{"alg":"ES256","typ":"JWT","kid":"test","alg":"none"}';
  return mutants('header', [
    ...tokens,
    ...critical.map((extra) => [`${shown(extra)} by auth`, byAuth({ ...header, ...extra }, claims)] as const),
    ['alg twice', `${part(twice)}.${part(claims)}.`],
    ['alg twice, signed', byAttacker('{"alg":"none","typ":"JWT","kid":"test","alg":"ES256"}', claims)],
    ['kid twice', byAttacker('{"alg":"ES256","kid":"attacker","kid":"test"}', claims)],
    ['a prototype', byAttacker('{"alg":"ES256","kid":"test","__proto__":{"alg":"none"}}', claims)],
    ['a list', byAttacker([header], claims)],
    ['a text', byAttacker('"ES256"', claims)],
    ['null', byAttacker('null', claims)],
    ['a byte order mark', byAttacker(`\ufeff${JSON.stringify(header)}`, claims)],
    ['deep', byAttacker(`{"alg":"ES256","kid":"test","x":${'['.repeat(1_000)}${']'.repeat(1_000)}}`, claims)],
  ]);
}

export const headerMutants = (ground: Ground): Mutant[] =>
  [unsigned, confused, otherAlgorithms, keyIds, ownKeys, extensions].flatMap((make) => make(ground));
