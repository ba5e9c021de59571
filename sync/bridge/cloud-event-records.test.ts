import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecordHeaders, recordHeaders } from './cloud-event-records.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const header = (name: string, value: string) => ({ name, value: bytes(value) });
/** Over the wire and back. */
const sent = (attributes: Record<string, unknown>) =>
  readRecordHeaders(Object.entries(recordHeaders(attributes)).map(([name, value]) => header(name, value)));

const order = {
  specversion: '1.0',
  id: 'id-1',
  source: 'urn:dealeriq:dealer:D042:B1',
  type: 'order.placed',
  subject: 'S',
  time: '2026-11-02T09:00:00.000Z',
  dataschema: 'urn:dealeriq:schema:order.placed:1',
  dealerid: 'D042',
  deviceid: 'B1',
  lane: 'live',
  epoch: 7,
  sequence: 42,
  correlationid: 'c-1',
  causationid: undefined,
  datacontenttype: 'application/avro',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

describe('recordHeaders', () => {
  it('puts every attribute in its own header, and only the content type and the trace without prefix', () => {
    expect(recordHeaders(order)).toEqual({
      'ce_specversion': '1.0',
      'ce_id': 'id-1',
      'ce_source': 'urn:dealeriq:dealer:D042:B1',
      'ce_type': 'order.placed',
      'ce_subject': 'S',
      'ce_time': '2026-11-02T09:00:00.000Z',
      'ce_dataschema': 'urn:dealeriq:schema:order.placed:1',
      'ce_dealerid': 'D042',
      'ce_deviceid': 'B1',
      'ce_lane': 'live',
      'ce_epoch': '7',
      'ce_sequence': '42',
      'ce_correlationid': 'c-1',
      'content-type': 'application/avro',
      'traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
  });

  it('writes text as it is: the binding knows no percent-encoding', () => {
    expect(recordHeaders({ subject: 'Größe "M" 100 %' })).toEqual({ ce_subject: 'Größe "M" 100 %' });
  });

  it('refuses what CloudEvents has no attribute for', () => {
    expect(() => recordHeaders({ subject: { a: 1 } })).toThrow('Attribute subject is of type object');
  });
});

describe('readRecordHeaders', () => {
  it('reads back what was written', () => {
    const { causationid, ...present } = order;
    expect(causationid).toBeUndefined();
    expect(sent(order)).toEqual({
      attributes: { ...present, epoch: '7', sequence: '42' },
      unreadable: [],
    });
  });

  it.each(['Größe "M"', '100 %', '%41', '%C3', 'a\r\nce_id: x', '\u{1F69C}', '\uFEFFx', '\u0000'])(
    'takes %j as it is',
    (subject) => {
      expect(sent({ subject }).attributes).toEqual({ subject });
    },
  );

  it('brings any text back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (subject) => {
        expect(sent({ subject }).attributes).toEqual({ subject });
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes a lone surrogate, which UTF-8 lacks, as the replacement character', () => {
    expect(sent({ subject: 'a\uD800b' }).attributes).toEqual({ subject: 'a\uFFFDb' });
  });

  it('names a header that is not UTF-8, and does not guess at it', () => {
    const latin1 = { name: 'ce_subject', value: Uint8Array.of(0x47, 0x72, 0xf6) };
    expect(readRecordHeaders([header('ce_id', 'x'), latin1])).toEqual({
      attributes: { id: 'x' },
      unreadable: ['ce_subject'],
    });
  });

  it('takes the last of two, reads names in any case, and leaves other headers alone', () => {
    const read = readRecordHeaders([
      header('ce_id', 'first'),
      header('CE_ID', 'last'),
      header('Content-Type', 'application/json'),
      header('ce_', 'nameless'),
      header('ce-subject', 'of another binding'),
      header('x', 'y'),
    ]);
    expect(read).toEqual({ attributes: { id: 'last', datacontenttype: 'application/json' }, unreadable: [] });
  });
});
