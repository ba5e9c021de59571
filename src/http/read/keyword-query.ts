/** Words that one search uses; the rest of a pasted paragraph adds nothing. */
const WORDS_MAX = 12;

/** Words that tell nothing of a product, in the languages of the app: a description that has one of them is no hit. */
const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `a an and at by for from in is it of on or that the this to with
  am auf das dem den der des die ein eine für im in ist mit oder und von zu zum zur
  al con de del el en la las los o para por un una y`.split(/\s+/),
);

/** Words as FTS5's unicode61 tokenizer sees them. */
export function wordsOf(text: string): string[] {
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

/**
 * The FTS5 query for any of several typed words: what is left when nothing has them all. Short words are left out, which
 * every catalogue is full of (of, the, for).
 */
export function anyWordQuery(typed: string): string | undefined {
  const words = wordsOf(typed);
  const telling = words.filter((word) => word.length >= 4 || /\p{N}/u.test(word));
  return words.length < 2 || telling.length === 0 ? undefined : telling.map((word) => `"${word}"*`).join(' OR ');
}

/**
 * The FTS5 query for what has any of the words, in singular or plural: BM25 puts first what has more of them. For
 * words that are typed to their end.
 */
export function looseQuery(typed: string): string | undefined {
  const all = wordsOf(typed);
  if (all.length === 0) return undefined;
  const telling = all.filter((word) => !FUNCTION_WORDS.has(word.toLowerCase()));
  const words = telling.length === 0 ? all : telling;
  return words
    .map((word) => {
      const forms = [`"${word}"`];
      if (/^\p{L}{4,}$/u.test(word)) forms.push(/[^s]s$/i.test(word) ? `"${word.slice(0, -1)}"` : `"${word}s"`);
      return `(${forms.join(' OR ')})`;
    })
    .join(' OR ');
}

/**
 * What was typed as it stands within a SKU: its letters and digits without what separates them, in capitals. `undefined`
 * for what no SKU is looked up by: too short, or without a digit.
 */
export function insideSku(typed: string): string | undefined {
  const bare = typed.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase();
  return bare.length >= 3 && bare.length <= 64 && /\p{N}/u.test(bare) ? bare : undefined;
}

/** The FTS5 query for products like one: any word of its name, or of its narrowest category. */
export function similarQuery(name: string, category: string): string | undefined {
  const narrowest = category.split(' / ').at(-1) ?? '';
  const words = new Set([...wordsOf(name), ...wordsOf(narrowest)].filter((word) => word.length > 1));
  if (words.size === 0) return undefined;
  return [...words].map((word) => `"${word}"`).join(' OR ');
}
