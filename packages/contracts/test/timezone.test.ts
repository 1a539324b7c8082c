import { canonicalZone, timezone } from '../src/index.ts';

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'Etc/GMT+5'])(
  '%s is a time zone',
  (name) => {
    expect(timezone.parse(name)).toBe(name);
  },
);

test.each(['Mars/Olympus', '+02:00', '', '../etc', 'Europe/', 'A'.repeat(65)])('%p is no time zone', (name) => {
  expect(timezone.safeParse(name).success).toBe(false);
});

test('a zone has one name, however it is written', () => {
  expect(canonicalZone('eUROPE/bERLIN')).toBe('Europe/Berlin');
  expect(canonicalZone('Asia/Kolkata')).toBe(canonicalZone('asia/calcutta'));
});
