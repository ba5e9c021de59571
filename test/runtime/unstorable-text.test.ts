import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EdgeBox, openShop } from '../support/edge-box.ts';
import { product } from '../support/facts.ts';

let box: EdgeBox;
beforeEach(async () => {
  box = await openShop({ HOSE: 10 });
});
afterEach(() => box.dispose());

describe('a text that no database keeps', () => {
  // Read back as text by SQL, half a surrogate pair aborts the process, and does so again after every restart.
  test.each([
    ['half a surrogate pair', 'x\ud800'],
    ['the other half', '\udfffx'],
    ['a NUL', 'x\0y'],
    ['half a pair behind a backslash', '\\\ud800'],
  ])('%s in a payload is refused and kept as it came', async (_what, name) => {
    const { admission } = await box.receive('product.updated', product('HOSE', { name }));
    expect(admission).toMatchObject({ ok: false, reasonCode: 'invalid-payload' });
    expect(await box.rows('SELECT name FROM products')).not.toContainEqual({ name });
    expect(await box.rows('SELECT reason_code FROM dead_letters')).toEqual([{ reason_code: 'invalid-payload' }]);
  });

  test('in an attribute is refused, and its dead letter can be read', async () => {
    const { admission } = await box.receive('product.updated', product('HOSE'), {
      attributes: { correlationid: 'c\ud800' },
    });
    expect(admission).toMatchObject({ ok: false });
    const unknown = await box.receive('no.such\ud800' as 'order.placed', {} as never, { id: 'i\ud800' });
    expect(unknown.admission).toMatchObject({ ok: false, reasonCode: 'unknown-type' });
    expect(await box.rows('SELECT type, event_id, reason FROM dead_letters WHERE type IS NOT NULL')).toHaveLength(2);
  });

  test.each([
    ['a whole pair', 'x😀'],
    ['the escape written out', 'x\\ud800'],
    ['a backslash at the end', 'x\\'],
  ])('is not %s', async (_what, name) => {
    const { admission } = await box.receive('product.updated', product('HOSE', { name }));
    expect(admission.ok).toBe(true);
    expect(await box.rows("SELECT name FROM products WHERE sku = 'HOSE'")).toEqual([{ name }]);
  });
});
