import { describe, expect, it } from 'vitest';
import { foldCheckpoint, positionRecord, watermarkRecord } from './checkpoint.ts';
import type { KafkaMessage, KafkaRecord } from './kafka.ts';
import { type HeldLane, planGroup, type ShardState, type UpGate } from './up-group.ts';
import type { UpMessage } from './up-source.ts';

const EMPTY: ShardState = { watermarks: new Map(), position: undefined };
const LIVE = 'up/D042/B1/live';

/** One record an event, named by its id; an event named `bad` is a dead letter. */
const gate: UpGate = {
  admit({ attributes }) {
    const record = { topic: 't', key: String(attributes.id), value: null, headers: {} };
    return { records: [record], deadLetter: attributes.id === 'bad' };
  },
};

function message(streamSequence: number, sequence: number, more: Record<string, unknown> = {}): UpMessage {
  return {
    streamSequence,
    subject: 'dealeriq.up.D042.live.order.placed',
    storedMs: 1_000 + streamSequence,
    attributes: { id: `e${sequence}`, deviceid: 'B1', epoch: '7', sequence: String(sequence), ...more },
    headers: {},
    bytes: new Uint8Array(),
  };
}

const plan = (state: ShardState, messages: readonly UpMessage[], held: ReadonlyMap<string, HeldLane> = new Map()) =>
  planGroup(state, messages, gate, 'stream-1', held);
const ids = (records: readonly KafkaRecord[]) => records.map(({ key }) => key);

describe('what a group of messages comes to', () => {
  it('takes each event once and in order, however often it comes', async () => {
    const group = await plan(EMPTY, [message(1, 1), message(2, 2), message(3, 2), message(4, 3)]);
    expect(ids(group.records)).toEqual(['e1', 'e2', 'e3']);
    expect(group).toMatchObject({ taken: 3, skipped: 1, deadLettered: 0, held: [], oldestMs: 1_001 });
    expect(group.watermarks.get(LIVE)).toEqual({ epoch: 7, sequence: 3, streamSequence: 4 });
    expect(group.position).toEqual({ stream: 'stream-1', streamSequence: 4, name: 'D042/B1/7/live/3@1004' });
  });

  it('goes on after the checkpoint', async () => {
    const state = foldCheckpoint([
      asRead(watermarkRecord('c', 0, LIVE, { epoch: 7, sequence: 1, streamSequence: 9 })),
      asRead(watermarkRecord('c', 0, LIVE, { epoch: 7, sequence: 2, streamSequence: 10 })),
      asRead(positionRecord('c', 0, { stream: 'stream-1', streamSequence: 10, name: 'D042/B1/7/live/2@1010' })),
    ]);
    expect(state.position?.streamSequence).toBe(10);
    expect(ids((await plan(state, [message(10, 2), message(11, 3)])).records)).toEqual(['e3']);
  });

  it('holds a lane at a gap, lets the others pass, and comes back to the first that waits', async () => {
    const other = { subject: 'dealeriq.up.D042.bulk.audit.event.logged' };
    const group = await plan(EMPTY, [message(1, 1), message(2, 3), { ...message(3, 1), ...other }, message(4, 4)]);
    expect(ids(group.records)).toEqual(['e1', 'e1']);
    expect(group.held).toMatchObject([{ dealerId: 'D042', lane: 'live', sequence: 3, streamSequence: 2 }]);
    expect(group.position?.heldFrom).toBe(2);
  });

  it('takes a held lane up again once the missing event comes', async () => {
    const first = await plan(EMPTY, [message(1, 1), message(2, 3)]);
    const state = { watermarks: first.watermarks, position: first.position };
    const held = new Map(first.held.map((lane) => [LIVE, lane]));
    const group = await plan(state, [message(3, 2), message(4, 3)], held);
    expect(ids(group.records)).toEqual(['e2', 'e3']);
    expect(group.held).toEqual([]);
    expect(group.position?.heldFrom).toBeUndefined();
  });

  it('lets a dead letter take its place in the sequence, so that nothing waits behind it', async () => {
    const group = await plan(EMPTY, [message(1, 1), message(2, 2, { id: 'bad' }), message(3, 3)]);
    expect(group).toMatchObject({ taken: 3, deadLettered: 1, held: [] });
  });

  it('deals with a message that has no place of its own once, by its place in the stream', async () => {
    const nameless = message(5, 1, { sequence: 'x', id: 'bad' });
    const group = await plan(EMPTY, [nameless]);
    expect(group).toMatchObject({ taken: 1, deadLettered: 1 });
    const again = await plan({ watermarks: group.watermarks, position: group.position }, [nameless, message(6, 1)]);
    expect(ids(again.records)).toEqual(['e1']);
  });
});

function asRead({ topic, key, value }: KafkaRecord): KafkaMessage {
  return {
    topic,
    partition: 0,
    offset: 0n,
    timestampMs: 0,
    key: new TextEncoder().encode(key),
    value: value ?? undefined,
    headers: [],
  };
}
