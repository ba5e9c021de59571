import { z } from 'zod';

/**
 * The field types of the Enterprise Data Model, shared by all payloads.
 * Money is in integer minor units (cents) of an ISO 4217 currency; quantities are whole counts of a
 * UN/ECE Recommendation 20 unit; instants are RFC 3339 in UTC.
 */

const ID_CHARACTERS = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;

/** An identifier that is safe in a subject, a URL and a file name once encoded. */
export const id = z.string().min(1).max(120).regex(ID_CHARACTERS, 'letters, digits and . _ : / - only');

/** A dealer id is one token of a NATS subject, so it has no dots. */
export const dealerId = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, _ and - only');

/** Stock keeping unit, as the manufacturer prints it. */
export const sku = z
  .string()
  .min(1)
  .max(64)
  .regex(/^\S(?:.*\S)?$/u, 'no blanks at the ends');

export const instant = z.iso.datetime({ offset: true });
export const date = z.iso.date();
export const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR');

/** Minor units of a currency; up to 90 trillion so that sums stay exact in a double. */
export const minorUnits = z.int().min(-9e13).max(9e13);

/** Hundredths of a per cent: 1900 is 19 %. */
export const basisPoints = z.int().min(0).max(10_000);

/** UN/ECE Recommendation 20: EA each, PR pair, SET set, MTR metre, LTR litre, KGM kilogram, BX box. */
export const unit = z.string().regex(/^[A-Z0-9]{2,3}$/, 'a UN/ECE Rec 20 code such as EA');

export const quantity = z.int().min(1).max(1_000_000);
export const count = z.int().min(0).max(9e15);
export const version = z.int().min(1).max(9e15);
export const text = (max: number) => z.string().max(max);
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');
/** A share, a probability or a rate: 0 to 1. */
export const ratio = z.number().min(0).max(1);
/** Any finite measurement. */
export const measure = z.number();
