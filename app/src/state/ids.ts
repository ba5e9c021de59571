import { uuidv7 } from 'uuidv7';

/** A new time-ordered id. Works without a secure context too, as a box on a local network often has none. */
export const newId = (): string => uuidv7();
