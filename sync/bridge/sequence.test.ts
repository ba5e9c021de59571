import { describe, expect, it } from 'vitest';
import { judge } from './sequence.ts';

const at = (epoch: number, sequence: number) => ({ epoch, sequence });

describe('what becomes of an event at the watermark of its lane', () => {
  it('takes the first of a lane that Kafka knows nothing of, and only the first', () => {
    expect(judge(undefined, at(7, 1))).toBe('take');
    expect(judge(undefined, at(7, 2))).toBe('gap');
  });

  it('takes the next, skips what Kafka has, and stops at a gap', () => {
    expect(judge(at(7, 10), at(7, 11))).toBe('take');
    expect(judge(at(7, 10), at(7, 10))).toBe('skip');
    expect(judge(at(7, 10), at(7, 1))).toBe('skip');
    expect(judge(at(7, 10), at(7, 12))).toBe('gap');
  });

  it('goes into a later epoch by its first event only, and never back', () => {
    expect(judge(at(7, 10), at(8, 1))).toBe('take');
    expect(judge(at(7, 10), at(8, 2))).toBe('gap');
    expect(judge(at(8, 1), at(7, 11))).toBe('skip');
  });
});
