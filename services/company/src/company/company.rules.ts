const MOST = 63;

/** A slug made from a name: `Kōhī & Söhne` becomes `kohi-sohne`. `company` where no letter or digit is left. */
export function slugOf(name: string): string {
  const folded = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  const words = folded.match(/[a-z0-9]+/g) ?? ['company'];
  return words.join('-').slice(0, MOST).replace(/-+$/, '');
}
