/** Padding that guessers try first: up to four digits or signs around a common word. */
const PADDING = /^[^\p{L}]{0,4}(.*?)[^\p{L}]{0,4}$/su;

/** Whether `password` is common, a common one with padding, one repeated sign, or a word about its owner. */
export function isGuessable(password: string, known: { isCommon: (word: string) => boolean; owner: readonly string[] }): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  const core = PADDING.exec(plain)?.[1] ?? plain;
  if (new Set(plain).size < 4 || known.isCommon(plain) || (core.length > 0 && known.isCommon(core))) return true;
  const words = known.owner
    .flatMap((text) => [text, text.split('@')[0] ?? text])
    .map((word) => word.normalize('NFKC').toLowerCase());
  return words.includes(plain) || words.includes(core);
}
