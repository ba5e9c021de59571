import { describe, expect, test } from 'vitest';
import {
  kafkaTopic,
  natsDownAllSubject,
  natsDownSubject,
  natsReceiptSubject,
  natsUpSubject,
  registrySubject,
} from './names.ts';

describe('names', () => {
  test('are those of the contract', () => {
    expect(kafkaTopic('order.placed')).toBe('dealeriq.order.placed');
    expect(kafkaTopic('order.placed', 'staging')).toBe('staging.order.placed');
    expect(registrySubject('order.placed')).toBe('dealeriq.order.placed-value');
    expect(registrySubject('order.placed', 'staging')).toBe('staging.order.placed-value');
    expect(natsUpSubject('D042', 'live', 'order.placed')).toBe('dealeriq.up.D042.live.order.placed');
    expect(natsDownSubject('D042', 'order.accepted')).toBe('dealeriq.down.D042.order.accepted');
    expect(natsDownAllSubject('product.updated')).toBe('dealeriq.down.all.product.updated');
    expect(natsReceiptSubject('D042')).toBe('dealeriq.receipt.D042');
  });

  test.each(['', '*', '>', 'D.042', 'D 042', 'all'])('refuse the dealer id "%s"', (dealerId) => {
    expect(() => natsUpSubject(dealerId, 'live', 'order.placed')).toThrow();
    expect(() => natsDownSubject(dealerId, 'order.accepted')).toThrow();
    expect(() => natsReceiptSubject(dealerId)).toThrow();
  });
});
