import { SAMPLE_ID } from '../bad-input/sample.ts';

/** The id of a number: ids grow with it, like those of a clock, and the first is the one that every sample request names. */
export function idOf(number: number, kind = 0): string {
  if (number === 0) return SAMPLE_ID;
  const digits = number.toString(16).padStart(12, '0');
  return `0198f3a0-${kind.toString(16).padStart(4, '0')}-7000-8000-${digits}`;
}
