import { describe, expect, test } from 'vitest';
import { catalog } from './catalog.ts';
import { feedbackSubmitted } from './transactional/feedback.ts';
import { orderPlaced } from './transactional/order.ts';
import { jsonPointer, validatePayload } from './validate.ts';

describe('validatePayload', () => {
  test.each([...catalog.values()])('takes the example of $type', ({ type, version, example }) => {
    expect(validatePayload(type, version, example)).toEqual({ outcome: 'ok', version, data: example, upcast: false });
  });

  test('points at what is wrong, and tells absent from wrong', () => {
    const { orderNumber: _, ...order } = orderPlaced.example;
    const data = { ...order, lines: [{ ...order.lines[0], quantity: 0, sku: undefined }], currency: 'euro' };
    const result = validatePayload('order.placed', 1, data);
    expect(result.outcome === 'invalid' && result.violations).toEqual([
      { pointer: '/orderNumber', code: 'required', detail: 'is required' },
      { pointer: '/currency', code: 'invalid-format', detail: 'an ISO 4217 code such as EUR' },
      { pointer: '/lines/0/sku', code: 'required', detail: 'is required' },
      { pointer: '/lines/0/quantity', code: 'too-small', detail: expect.stringContaining('1') },
    ]);
  });

  test('points at the payload itself when it is no object', () => {
    const result = validatePayload('order.placed', 1, 'text');
    expect(result).toMatchObject({ outcome: 'invalid', violations: [{ pointer: '', code: 'invalid-type' }] });
  });

  test('lists at most 100 violations', () => {
    const result = validatePayload('order.placed', 1, { lines: Array.from({ length: 400 }, () => ({})) });
    expect(result.outcome === 'invalid' && result.violations.length).toBe(100);
  });

  test('keeps members that it does not know', () => {
    const data = { ...orderPlaced.example, addedLater: { by: 'a minor change' } };
    expect(validatePayload('order.placed', 1, data)).toMatchObject({ outcome: 'ok', data });
  });

  test('does not know every type', () => {
    expect(validatePayload('order.plcaed', 1, {})).toEqual({ outcome: 'unknown-type' });
  });

  test('tells a newer version from a wrong payload', () => {
    expect(validatePayload('order.placed', 2, { anything: 1 })).toEqual({ outcome: 'newer', version: 2, current: 1 });
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses the version %d', (version) => {
    expect(validatePayload('order.placed', version, {})).toMatchObject({
      outcome: 'invalid',
      violations: [{ pointer: '', code: 'version' }],
    });
  });

  test('turns an older version into the current one', () => {
    expect(validatePayload('feedback.submitted', 1, feedbackSubmitted.olderExamples[1])).toEqual({
      outcome: 'ok',
      version: 2,
      upcast: true,
      data: {
        feedbackId: '0198f0ca-77aa-7b10-9b1e-5f0a9d3c2b1a',
        target: { kind: 'product', id: 'HYD-2210-08' },
        signal: 'rated',
        score: 0.75,
        comment: 'Fits well',
        sku: 'HYD-2210-08',
        createdAt: '2026-04-02T11:25:00.000Z',
      },
    });
  });

  test.each([null, undefined, 'text', {}, { feedbackId: 'F1', productSku: 'A', stars: 'five', createdAt: 'now' }])(
    'refuses an older payload that was never valid: %j',
    (data) => {
      expect(validatePayload('feedback.submitted', 1, data).outcome).toBe('invalid');
    },
  );
});

test('jsonPointer escapes as RFC 6901 says', () => {
  expect(jsonPointer([])).toBe('');
  expect(jsonPointer(['a/b', 0, 'm~n', ''])).toBe('/a~1b/0/m~0n/');
});
