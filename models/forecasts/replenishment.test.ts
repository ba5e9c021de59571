import { describe, expect, it } from 'vitest';
import { replenishment } from './replenishment.ts';

const forecast = {
  mean: [10, 10, 10, 10],
  quantiles: new Map([
    [0.5, [10, 10, 10, 10]],
    [0.9, [13, 13, 13, 13]],
    [0.95, [14, 14, 14, 14]],
  ]),
};

describe('replenishment', () => {
  it('covers lead time and review period at the service level', () => {
    // Four units above the mean a period: 10 + 4, and 40 + √(4 × 16).
    expect(replenishment(forecast, { leadTime: 1, reviewPeriod: 3, serviceLevel: 0.95 })).toEqual({
      reorderPoint: 14,
      orderUpTo: 48,
      safetyStock: 8,
    });
  });

  it('reads between two quantiles and goes on beyond the last', () => {
    const level = (serviceLevel: number) =>
      replenishment(forecast, { leadTime: 1, reviewPeriod: 0, serviceLevel }).orderUpTo;
    expect(level(0.7)).toBe(12);
    expect(level(0.99)).toBe(16);
  });

  it('counts parts of periods, and lets the last period stand for those behind it', () => {
    const at = (leadTime: number) => replenishment(forecast, { leadTime, reviewPeriod: 0, serviceLevel: 0.95 });
    expect(at(0).reorderPoint).toBe(0);
    expect(at(0.5).reorderPoint).toBe(8);
    expect(at(9).reorderPoint).toBe(102);
  });

  it.each([
    [{ leadTime: -1, reviewPeriod: 1, serviceLevel: 0.95 }, 'Lead time'],
    [{ leadTime: 1, reviewPeriod: 1, serviceLevel: 1 }, 'service level'],
    [{ leadTime: 1, reviewPeriod: 1, serviceLevel: 0.2 }, 'service level'],
  ])('refuses %j', (policy, said) => {
    expect(() => replenishment(forecast, policy)).toThrow(said);
  });

  it('refuses an empty forecast', () => {
    const policy = { leadTime: 1, reviewPeriod: 1, serviceLevel: 0.95 };
    expect(() => replenishment({ mean: [], quantiles: new Map() }, policy)).toThrow('no period');
  });
});
