import { describe, expect, test } from 'vitest';
import { asyncApiDocument } from './async-api.ts';
import { catalog } from './catalog.ts';
import { catalogMarkdown } from './catalog-markdown.ts';
import { catalogRows } from './catalog-page.ts';

describe('catalogRows', () => {
  const rows = new Map(
    catalogRows(catalog.values(), { dealerId: 'D042', topicPrefix: 'staging' }).map((row) => [row.type, row]),
  );

  test('has a row for each type', () => {
    expect([...rows.keys()]).toEqual([...catalog.keys()]);
  });

  test('gives the names of a type', () => {
    expect(rows.get('order.placed')).toMatchObject({
      schema: 'urn:dealeriq:schema:order.placed:1',
      topic: 'staging.order.placed',
      registrySubject: 'staging.order.placed-value',
      natsSubjects: ['dealeriq.up.D042.live.order.placed'],
      personal: ['note'],
      extension: false,
    });
  });

  test('gives the subjects that the direction allows', () => {
    expect(rows.get('price.changed')?.natsSubjects).toEqual([
      'dealeriq.down.D042.price.changed',
      'dealeriq.down.all.price.changed',
    ]);
    expect(rows.get('inventory.changed')?.natsSubjects).toHaveLength(3);
  });
});

describe('catalogMarkdown', () => {
  const page = catalogMarkdown(catalog.values());

  test.each([...catalog.keys()])('has %s in a table and as a section', (type) => {
    expect(page).toContain(`| [\`${type}\`](#`);
    expect(page).toContain(`\n### ${type}\n`);
  });

  test('shows fields at every depth, optional ones in brackets and personal ones marked', () => {
    expect(page).toContain('| `lines[].price.unitPriceMinor` | integer | What is charged for one unit |');
    expect(page).toContain('| [`note`] | string | **personal** |');
    expect(page).toContain('| `rows[].values.*` | number |');
  });

  test('has tables without a broken row', () => {
    for (const row of page.split('\n').filter((line) => line.startsWith('|'))) expect(row).toMatch(/\|$/);
  });
});

describe('asyncApiDocument', () => {
  const document = asyncApiDocument(catalog.values(), { version: '1.2.3' });
  const json = JSON.stringify(document);

  test('is AsyncAPI 3.0 of this version', () => {
    expect(document).toMatchObject({ asyncapi: '3.0.0', info: { version: '1.2.3' } });
  });

  test('has references that all lead somewhere', () => {
    const references = Array.from(json.matchAll(/"\$ref":"#\/([^"]+)"/g), (match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(4 * 45);
    for (const reference of references) {
      let node: unknown = document;
      for (const part of reference.split('/')) node = (node as Record<string, unknown>)[part];
      expect(node, reference).toBeTypeOf('object');
    }
  });

  test.each([...catalog.values()])('sends or receives $type as its direction says', ({ type, direction, lane }) => {
    const operations = document.operations as Record<string, { action: string }>;
    const channels = document.channels as Record<string, { address: string }>;
    const up = direction !== 'down';
    const down = direction !== 'up';
    expect(operations[`${type}.up`]?.action).toBe(up ? 'send' : undefined);
    expect(operations[`${type}.down`]?.action).toBe(down ? 'receive' : undefined);
    expect(operations[`${type}.kafka.send`]?.action).toBe(up ? 'send' : undefined);
    expect(operations[`${type}.kafka.receive`]?.action).toBe(down ? 'receive' : undefined);
    expect(channels[`${type}.up`]?.address).toBe(up ? `dealeriq.up.{dealerId}.${lane}.${type}` : undefined);
    expect(channels[`${type}.kafka`]?.address).toBe(`dealeriq.${type}`);
  });
});
