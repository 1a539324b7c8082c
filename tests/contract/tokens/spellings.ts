import { randomBytes } from 'node:crypto';
import type { Ground, Mutant } from './forge.ts';
import { byAttacker, mutants, part } from './forge.ts';

const STEP = 16;
/** The order of P-256. */
const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const ZEROES = Buffer.alloc(32);

const steps = (length: number): number[] =>
  Array.from({ length: Math.floor((length - 1) / STEP) }, (_, index) => (index + 1) * STEP);

function cut({ good }: Ground): Mutant[] {
  const [head = '', payload = '', signature = ''] = good.split('.');
  const flipped = (at: number) => `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`;
  const isSame = (at: number) => good[at] === '.';
  const shapes = [
    ...[head, `${head}.`, `${head}.${payload}`, `${head}.${payload}.`, `.${payload}.${signature}`, `${head}..${signature}`],
    ...[`${head}${payload}.${signature}`, `${payload}.${head}.${signature}`, '.', '..', '...', `..${signature}`, `${good}.`],
    ...[`${good}.${signature}`, `.${good}`, `${good}${good}`, `${good}.${good}`, `${head}.${head}.${signature}`],
  ];
  const at = steps(good.length);
  return mutants('cut', [
    ...shapes.map((token, index) => [`in shape ${index}`, token] as const),
    ...at.map((end) => [`after ${end}`, good.slice(0, end)] as const),
    ...at.map((start) => [`before ${start}`, good.slice(start)] as const),
    ...at.filter((one) => !isSame(one)).map((one) => [`changed at ${one}`, flipped(one)] as const),
    ['without its last byte', good.slice(0, -1)],
  ]);
}

function signatures({ good }: Ground): Mutant[] {
  const [head = '', payload = '', text = ''] = good.split('.');
  const signature = Buffer.from(text, 'base64url');
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const integer = (bytes: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), bytes]);
  const der = Buffer.concat([Buffer.from([0x30, 70]), integer(r), integer(s)]);
  const forms: [string, Buffer | string][] = [
    ['zeroes', Buffer.concat([ZEROES, ZEROES])],
    ['r of zero', Buffer.concat([ZEROES, s])],
    ['s of zero', Buffer.concat([r, ZEROES])],
    ['the order twice', Buffer.concat([ORDER, ORDER])],
    ['s of the order', Buffer.concat([r, ORDER])],
    ['ones', Buffer.alloc(64, 0xff)],
    ['halves swapped', Buffer.concat([s, r])],
    ['a byte less', signature.subarray(0, 63)],
    ['a byte more', Buffer.concat([signature, Buffer.from([0])])],
    ['a byte before', Buffer.concat([Buffer.from([0]), signature])],
    ['twice', Buffer.concat([signature, signature])],
    ['one byte', Buffer.from([1])],
    ['DER', der],
    ['an empty DER', Buffer.from([0x30, 0])],
    ['a DER of zeroes', Buffer.from([0x30, 6, 2, 1, 0, 2, 1, 0])],
    ['hex', signature.toString('hex')],
    ['4,000 bytes', randomBytes(2_500)],
  ];
  return mutants(
    'signature',
    forms.map(([name, form]) => [name, `${head}.${payload}.${typeof form === 'string' ? form : form.toString('base64url')}`]),
  );
}

function encodings({ good }: Ground): Mutant[] {
  const [head = '', payload = '', signature = ''] = good.split('.');
  const standard = (text: string) => Buffer.from(text, 'base64url').toString('base64');
  const loose = (text: string) => `${text.slice(0, -1)}${String.fromCharCode(text.charCodeAt(text.length - 1) + 1)}`;
  const shapes: [string, string][] = [
    ['padding on the header', `${head}==.${payload}.${signature}`],
    ['padding on the payload', `${head}.${payload}=.${signature}`],
    ['padding on the signature', `${good}==`],
    ['the standard alphabet', `${head}.${payload}.+/${signature.slice(2)}`],
    ['standard with padding', good.split('.').map(standard).join('.')],
    ['other last bits of the header', `${loose(head)}.${payload}.${signature}`],
    ['other last bits of the payload', `${head}.${loose(payload)}.${signature}`],
    ['other last bits of the signature', `${head}.${payload}.${loose(signature)}`],
    ['points as per cent', good.replaceAll('.', '%2E')],
    ['points as commas', good.replaceAll('.', ',')],
    ['a space within', `${head} .${payload}.${signature}`],
    ['a tab within', `${head}.${payload}\t.${signature}`],
    ['quotes', `"${good}"`],
    ['angle brackets', `<${good}>`],
    ['not encoded at all', [head, payload].map((text) => Buffer.from(text, 'base64url').toString()).join('.')],
    ['encoded twice', good.split('.').map(part).join('.')],
    ['encoded as a whole', part(good)],
    ['wide letters', good.replaceAll('e', '\uff45')],
    ['a letter of no width', good.replace('.', '\u200b.')],
    ['written from right to left', `\u202e${good}`],
    ['another point', good.replaceAll('.', '\u3002')],
    ['a byte order mark', `\ufeff${good}`],
    ['lower case', good.toLowerCase()],
    ['upper case', good.toUpperCase()],
  ];
  return mutants('encoding', shapes);
}

/** Secrets of other kinds, and tokens of other makes. */
function otherKinds({ good, header, claims }: Ground): Mutant[] {
  const secret = () => randomBytes(32).toString('base64url');
  const sealed = (alg: string) =>
    `${part({ ...header, alg, enc: 'A256GCM' })}.${secret()}.${secret()}.${part(claims)}.${secret()}`;
  const [head = '', payload = '', signature = ''] = good.split('.');
  return mutants('kind', [
    ['a refresh token, or that of a mail', secret()],
    ['the key of a service account', `souk_${secret()}`],
    ['a key as a signature', `${head}.${payload}.souk_${secret()}`],
    ['a key that is too short', 'souk_x'],
    ...['dir', 'RSA-OAEP', 'ECDH-ES', 'A256KW', 'PBES2-HS256+A128KW', 'none'].map(
      (alg) => [`sealed by ${alg}`, sealed(alg)] as const,
    ),
    ['sealed in nothing', `${part({ alg: 'dir', enc: 'none' })}....`],
    ['JSON of a signature', JSON.stringify({ protected: head, payload, signature })],
    ['JSON of a signature, encoded', part({ protected: head, payload, signature })],
    [
      'JSON of two signatures',
      part({
        payload,
        signatures: [
          { protected: head, signature },
          { protected: part({ alg: 'none' }), signature: '' },
        ],
      }),
    ],
    ['PASETO', `v4.public.${payload}${signature}`],
    ['a cookie', `token=${good}`],
    ['an attacker’s of another type', byAttacker({ ...header, typ: 'refresh+jwt' }, claims)],
  ]);
}

/** Headers that carry the good token in ways that are none. */
function schemes({ good, header, claims }: Ground): Mutant[] {
  const bad = byAttacker(header, claims);
  const single = [
    ...['', 'Bearer', 'Bearer ', 'Bearer null', 'Bearer undefined', good, `Bearer${good}`, `Bearer  ${good}`, `Bearer\t${good}`],
    ...[`Bearer: ${good}`, `Bearer=${good}`, `Bearer "${good}"`, `Bearer ${good},`, `Bearer ${good} ${good}`, `Bearer ${good};`],
    ...[
      `Bearer ${bad}, Bearer ${good}`,
      `Bearer ${bad} Bearer ${good}`,
      `Bearer Bearer ${good}`,
      `Bear ${good}`,
      `Bearers ${good}`,
    ],
    ...['Basic', 'Token', 'JWT', 'Digest', 'DPoP', 'Negotiate', 'AWS4-HMAC-SHA256', 'OAuth'].map((scheme) => `${scheme} ${good}`),
    ...[
      `Basic ${Buffer.from(`token:${good}`).toString('base64')}`,
      `Βearer ${good}`,
      `Bearer\u00a0${good}`,
      `\u200bBearer ${good}`,
    ],
  ];
  const pairs = [
    [`Bearer ${bad}`, `Bearer ${good}`],
    ['', `Bearer ${good}`],
    ['Basic eDp4', `Bearer ${good}`],
  ];
  const all = [...single.map((one) => [one]), ...pairs];
  return all.map((authorization, index) => ({
    name: `scheme: ${index} ${authorization.join(' | ').slice(0, 24)}`,
    token: '',
    authorization,
  }));
}

export const spellingMutants = (ground: Ground): Mutant[] =>
  [cut, signatures, encodings, otherKinds, schemes].flatMap((make) => make(ground));

/** The other signature of the same that ECDSA has for everything: s and the order without s. */
export function mirrored(good: string): string {
  const [head = '', payload = '', text = ''] = good.split('.');
  const signature = Buffer.from(text, 'base64url');
  const s = BigInt(`0x${ORDER.toString('hex')}`) - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const other = Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return `${head}.${payload}.${other.toString('base64url')}`;
}
