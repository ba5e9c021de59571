import { describe, expect, it } from 'vitest';
import { validatePayload } from '../../src/events/validate.ts';
import { catalogCodec } from '../../test/bridge/down-codec.ts';
import { type DeadLetter, deadLetterRecords, eventIdOf } from './dead-letter-record.ts';

const { codec } = catalogCodec();
const bytes = Uint8Array.of(0, 255, 10, 13);
const letter = (changes: Partial<DeadLetter> = {}): DeadLetter => ({
  id: 'D042/B1/7/live/42',
  direction: 'up',
  key: 'D042',
  origin: 'dealeriq.up.D042.live.order.placed',
  bytes,
  headers: { 'ce-id': 'e-1', 'x': '"ü"' },
  attributes: {
    id: 'e-1',
    type: 'order.placed',
    dealerid: 'D042',
    lane: 'live',
    epoch: '7',
    sequence: '42',
    other: 'x',
  },
  contentType: 'application/json',
  reasonCode: 'invalid-payload',
  reason: 'The payload does not fit.',
  violations: [{ pointer: '/lines', code: 'required', detail: 'is required' }],
  receivedAt: '2026-11-02T09:00:00.000Z',
  detectedAt: '2026-11-02T09:00:01.000Z',
  ...changes,
});
const records = (changes: Partial<DeadLetter> = {}) => {
  const [kept, told] = deadLetterRecords(letter(changes), { prefix: 'acme', codec });
  if (kept === undefined || told === undefined) throw new Error('Two records were expected.');
  return { kept, told };
};

describe('deadLetterRecords', () => {
  it('keeps the bytes, the reason, the place, and the headers as they arrived', () => {
    const { kept } = records();
    expect(kept).toEqual({
      topic: 'acme.dlq',
      key: 'D042',
      value: bytes,
      headers: {
        'ce_id': 'e-1',
        'ce_type': 'order.placed',
        'ce_dealerid': 'D042',
        'ce_lane': 'live',
        'ce_epoch': '7',
        'ce_sequence': '42',
        'content-type': 'application/json',
        'dealeriq_dlq_id': 'D042/B1/7/live/42',
        'dealeriq_direction': 'up',
        'dealeriq_reason_code': 'invalid-payload',
        'dealeriq_reason': 'The payload does not fit.',
        'dealeriq_violations': '[{"pointer":"/lines","code":"required","detail":"is required"}]',
        'dealeriq_origin': 'dealeriq.up.D042.live.order.placed',
        'dealeriq_received_at': '2026-11-02T09:00:00.000Z',
        'dealeriq_headers': '{"ce-id":"e-1","x":"\\"ü\\""}',
      },
    });
  });

  it('tells of it by an event that has the same id each time', async () => {
    const { told } = records();
    expect(told.topic).toBe('acme.data.contract.violation');
    expect(told.headers).toMatchObject({
      ce_source: 'urn:dealeriq:centre:bridge',
      ce_type: 'data.contract.violation',
      ce_id: eventIdOf('D042/B1/7/live/42'),
      ce_subject: 'D042/B1/7/live/42',
      ce_dealerid: 'D042',
      ce_causationid: 'e-1',
    });
    expect(records().told).toEqual(told);
    const { data } = await codec.decode(told.value ?? new Uint8Array());
    expect(validatePayload('data.contract.violation', 1, data).outcome).toBe('ok');
    expect(data).toMatchObject({ gate: 'bridge', violatedType: 'order.placed', payloadBytes: 4, expectedVersion: 1 });
  });

  it('tells of what nothing could be read of, and of a place that is too long for an id', async () => {
    const id = `${'d'.repeat(32)}/${'b'.repeat(64)}/9007199254740991/live/9007199254740991`;
    const attributes = { type: 'x'.repeat(500), dealerid: 'not a dealer', id: '\0\uD800' };
    const { told, kept } = records({ id, attributes, bytes: null, contentType: undefined });
    expect(kept.value).toBeNull();
    expect(kept.headers).not.toHaveProperty('content-type');
    expect(told.headers).not.toHaveProperty('ce_dealerid');
    const { data } = await codec.decode(told.value ?? new Uint8Array());
    expect(validatePayload('data.contract.violation', 1, data)).toMatchObject({ outcome: 'ok' });
    expect(data).toMatchObject({ deadLetterId: eventIdOf(id), payloadBytes: 0 });
  });
});

describe('eventIdOf', () => {
  it('is a UUID of version 8 that differs for every place', () => {
    expect(eventIdOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventIdOf('a')).toBe(eventIdOf('a'));
    expect(eventIdOf('a')).not.toBe(eventIdOf('b'));
  });
});
