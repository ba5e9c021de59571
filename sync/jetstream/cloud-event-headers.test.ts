import { headers, MsgHdrsImpl } from '@nats-io/nats-core/internal';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutboxEvent } from '../core/outbox.ts';
import { attributeHeaders, eventHeaders, messageId, readAttributes } from './cloud-event-headers.ts';

const event = (changes: Partial<OutboxEvent> = {}): OutboxEvent => ({
  lane: 'live',
  epoch: 7,
  sequence: 42,
  id: 'id-1',
  type: 'order.placed',
  version: 1,
  source: 'urn:dealeriq:dealer:D042:B1',
  subject: 'S',
  time: '2026-11-02T09:00:00.000Z',
  dealerId: 'D042',
  correlationId: 'c-1',
  causationId: undefined,
  traceparent: undefined,
  dataText: '{}',
  ...changes,
});

/** Over the wire and back. */
const sent = (of: OutboxEvent) => readAttributes(MsgHdrsImpl.decode((eventHeaders('B1', of) as MsgHdrsImpl).encode()));

test('an event is named by device, epoch, lane and sequence', () => {
  expect(messageId('B1', event())).toBe('B1/7/live/42');
});

test('every attribute goes in its own header, and comes back', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(sent(event({ causationId: 'x', traceparent })).attributes).toEqual({
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
    epoch: '7',
    sequence: '42',
    correlationid: 'c-1',
    causationid: 'x',
    traceparent,
  });
});

test.each([
  ['Größe "M"', 'Gr%C3%B6%C3%9Fe%20%22M%22'],
  ['100 %', '100%20%25'],
  ['%41', '%2541'],
  ['a\r\nNats-Msg-Id: x', 'a%0D%0ANats-Msg-Id:%20x'],
  ['\u{1F69C}', '%F0%9F%9A%9C'],
])('%j is written as the binding asks, and comes back', (subject, written) => {
  const out = sent(event({ subject }));
  expect(out.headers['ce-subject']).toBe(written);
  expect(out.attributes.subject).toBe(subject);
});

test('any text comes back as it was', () => {
  const text = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(text, text, text, (id, subject, correlationId) => {
      expect(sent(event({ id, subject, correlationId })).attributes).toMatchObject({
        id,
        subject,
        correlationid: correlationId,
      });
    }),
    { numRuns: 2_000 },
  );
});

test('a value of somebody else that only looks encoded is taken as it is', () => {
  const foreign = headers();
  foreign.set('CE-Subject', '50% off');
  foreign.set('Other', 'x');
  expect(readAttributes(foreign)).toEqual({ attributes: { subject: '50% off' }, headers: { 'ce-subject': '50% off' } });
  expect(readAttributes(undefined)).toEqual({ attributes: {}, headers: {} });
});

test('attributes from elsewhere go the same way, and none can become another header', () => {
  const out = readAttributes(
    MsgHdrsImpl.decode(
      (
        attributeHeaders({
          'id': 'a\r\nNats-Rollup: all',
          'subject': 'Größe 100 %',
          'traceparent': '00-x',
          'datacontenttype': 'application/avro',
          'x\r\nNats-Rollup': 'all',
          'under_score': 'no name in CloudEvents',
        }) as MsgHdrsImpl
      ).encode(),
    ),
  );
  expect(out.attributes).toEqual({ id: 'a\r\nNats-Rollup: all', subject: 'Größe 100 %', traceparent: '00-x' });
});
