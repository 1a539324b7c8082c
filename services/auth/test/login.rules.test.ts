import { judgeLogin, networkOf, normalEmail } from '../src/login/login.rules.ts';
import { isGuessable } from '../src/login/password.rules.ts';

test.each([
  ['192.0.2.77', '192.0.2'],
  ['::ffff:192.0.2.77', '192.0.2'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  [undefined, 'unknown'],
])('the network of %s is %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});

test('addresses are equal whatever their case and however their accents were typed', () => {
  expect(normalEmail('JOSE\u0301@Example.com')).toBe(normalEmail('josé@example.com'));
});

const inactive = { isActive: false, isVerified: true };
const unproved = { isActive: true, isVerified: false };

test.each([
  { what: 'nobody', user: null, isPasswordRight: true, verdict: 'unknown_account' },
  { what: 'a wrong password of a deactivated account', user: inactive, isPasswordRight: false, verdict: 'wrong_password' },
  { what: 'a deactivated account', user: inactive, isPasswordRight: true, verdict: 'deactivated' },
  { what: 'an address that is not proved', user: unproved, isPasswordRight: true, verdict: 'unverified' },
  { what: 'a good login', user: { isActive: true, isVerified: true }, isPasswordRight: true, verdict: undefined },
])('judges $what', ({ user, isPasswordRight, verdict }) => {
  expect(judgeLogin(user && { ...user, role: 'customer' }, { isPasswordRight, mustBeVerified: true })).toBe(verdict);
});

const common = new Set(['password', 'sunshine', 'qwertyuiop']);
const isCommon = (word: string) => common.has(word);

test.each([
  ['password', true],
  ['PASSWORD1234', true],
  ['!!sunshine99', true],
  ['sunshine12345', false],
  ['aaaaaaaaaaaa', true],
  ['abababababab', true],
  ['ada.lovelace', true],
  ['ada.lovelace1815', true],
  ['12345678901234567890', false],
  ['correct horse battery', false],
])('whether %s is guessable: %s', (password, verdict) => {
  expect(isGuessable(password, { isCommon, owner: ['ada.lovelace@example.com', 'Ada'] })).toBe(verdict);
});
