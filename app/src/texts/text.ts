import { en } from './en.ts';

export type Texts = typeof en;

/** The texts in use. Another language is another file with the same keys. */
export const t: Texts = en;
