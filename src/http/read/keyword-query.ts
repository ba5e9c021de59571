/** Words that one search uses; the rest of a pasted paragraph adds nothing. */
const WORDS_MAX = 12;

/** Words as FTS5's unicode61 tokenizer sees them. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu)?.slice(0, WORDS_MAX) ?? [];
}

/**
 * The FTS5 query of what a person typed: every word has to be there, the last one may go on (search as you type).
 * Words are quoted, so nothing typed is read as FTS5 syntax. `undefined` when there is no word.
 */
export function keywordQuery(typed: string): string | undefined {
  const words = wordsOf(typed);
  if (words.length === 0) return undefined;
  return words.map((word) => `"${word}"*`).join(' ');
}

/** The FTS5 query for products like one: any word of its name, or of its narrowest category. */
export function similarQuery(name: string, category: string): string | undefined {
  const narrowest = category.split(' / ').at(-1) ?? '';
  const words = new Set([...wordsOf(name), ...wordsOf(narrowest)].filter((word) => word.length > 1));
  if (words.size === 0) return undefined;
  return [...words].map((word) => `"${word}"`).join(' OR ');
}
