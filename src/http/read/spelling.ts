import type { Runtime } from '../../runtime.ts';
import { wordsOf } from './keyword-query.ts';

/** A typed word and the one of the catalogue that was searched for in its place. */
export interface Correction {
  readonly typed: string;
  readonly used: string;
}

/** Words of the catalogue with how often they are there, in alphabetical order. */
interface Vocabulary {
  readonly words: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

/** From so many letters one slip is forgiven, and from so many two. */
const ONE_SLIP_FROM = 4;
const TWO_SLIPS_FROM = 8;

const vocabularies = new WeakMap<Runtime, { current: Promise<Vocabulary> | undefined }>();

/**
 * Words of the catalogue that the typed ones may have meant: within one slip from four letters, two from eight (a letter
 * too many, too few, another one, or two swapped: optimal string alignment distance), the more frequent one of two that
 * are as near. `undefined` where no word can be mended, or one cannot.
 */
export async function corrected(runtime: Runtime, typed: string): Promise<readonly Correction[] | undefined> {
  const vocabulary = await vocabularyOf(runtime);
  const corrections: Correction[] = [];
  for (const word of wordsOf(typed).map((one) => one.toLowerCase())) {
    if (beginsAny(vocabulary.words, word)) continue;
    const used = nearest(vocabulary, word);
    if (used === undefined) return undefined;
    corrections.push({ typed: word, used });
  }
  return corrections.length === 0 ? undefined : corrections;
}

/** Whether the last word is the beginning of others and no word itself: somebody is still typing. */
export async function isUnfinished(runtime: Runtime, typed: string): Promise<boolean> {
  const last = wordsOf(typed).at(-1)?.toLowerCase();
  if (last === undefined) return true;
  const { words, counts } = await vocabularyOf(runtime);
  return !counts.has(last) && beginsAny(words, last);
}

/** The typed text with the corrections in place. */
export function withCorrections(typed: string, corrections: readonly Correction[]): string {
  const used = new Map(corrections.map((one) => [one.typed, one.used]));
  return wordsOf(typed)
    .map((word) => used.get(word.toLowerCase()) ?? word)
    .join(' ');
}

/** Read when a search first finds nothing, and again after products have changed. */
function vocabularyOf(runtime: Runtime): Promise<Vocabulary> {
  let kept = vocabularies.get(runtime);
  if (kept === undefined) {
    const fresh: { current: Promise<Vocabulary> | undefined } = { current: undefined };
    kept = fresh;
    vocabularies.set(runtime, kept);
    runtime.subscribe((events) => {
      if (events.some(({ type }) => type === 'product.updated')) fresh.current = undefined;
    });
  }
  kept.current ??= readVocabulary(runtime);
  return kept.current;
}

async function readVocabulary({ store }: Runtime): Promise<Vocabulary> {
  const rows = await store.read({ sql: "SELECT name, category FROM products WHERE status = 'active'" });
  const counts = new Map<string, number>();
  for (const { name, category } of rows) {
    for (const [word] of `${name} ${category}`.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return { words: [...counts.keys()].sort(), counts };
}

/** Whether a word of the sorted list begins like this. */
function beginsAny(words: readonly string[], start: string): boolean {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle] ?? '') < start) low = middle + 1;
    else high = middle;
  }
  return words[low]?.startsWith(start) === true;
}

function nearest({ words, counts }: Vocabulary, typed: string): string | undefined {
  // Part numbers are no words: the nearest one is another part.
  if (/\p{N}/u.test(typed)) return undefined;
  const slips = typed.length >= TWO_SLIPS_FROM ? 2 : typed.length >= ONE_SLIP_FROM ? 1 : 0;
  let best: string | undefined;
  let bestDistance = slips + 1;
  for (const word of words) {
    if (Math.abs(word.length - typed.length) > Math.min(slips, bestDistance)) continue;
    const distance = alignmentDistance(typed, word);
    const isBetter = distance < bestDistance || (distance === bestDistance && more(counts, word, best));
    if (distance <= slips && isBetter) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

function more(counts: ReadonlyMap<string, number>, word: string, other: string | undefined): boolean {
  return (counts.get(word) ?? 0) > (other === undefined ? 0 : (counts.get(other) ?? 0));
}

/** Optimal string alignment distance: Levenshtein's, where two neighbours swapped are one slip. */
function alignmentDistance(a: string, b: string): number {
  let before = new Uint8Array(b.length + 1);
  let last = Uint8Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const now = new Uint8Array(b.length + 1);
    now[0] = row;
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      }
      now[column] = cost;
    }
    before = last;
    last = now;
  }
  return last[b.length] ?? 0;
}
