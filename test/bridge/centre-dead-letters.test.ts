import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeadLetterDesk, type DeadLetterDesk } from '../../sync/bridge/dead-letters/dead-letter-desk.ts';
import type { KafkaMessage } from '../../sync/bridge/kafka.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import { placed, product } from '../support/facts.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { type CentreWorld, downLetter, downRecord, PREFIX, startCentreWorld, upMessage } from './centre-world.ts';

const binary = await kafkaClusterOrSkip();
const text = new TextDecoder();
const headersOf = (message: KafkaMessage | undefined) =>
  Object.fromEntries((message?.headers ?? []).map(({ name, value }) => [name, text.decode(value)]));
const hand = { by: 'vera' };

describe.skipIf(binary === undefined)('dead letters in Kafka', { timeout: 60_000 }, () => {
  let world: CentreWorld;
  let desk: DeadLetterDesk;
  let nowMs = Date.parse('2026-11-03T08:00:00.000Z');
  let sequence = 0;

  beforeAll(async () => {
    if (binary === undefined) return;
    world = await startCentreWorld(binary);
    desk = createDeadLetterDesk({
      kafka: world.kafka,
      prefix: PREFIX,
      codec: () => Promise.resolve(world.codec),
      nowMs: () => nowMs++,
    });
  }, 60_000);
  afterAll(() => world?.dispose());

  /** Sends what the bridge writes of an order that breaks its contract; gives the dead letter's id. */
  async function refusedOrder(orderId: string, changes: { dealerId?: string; text?: string } = {}): Promise<string> {
    sequence += 1;
    const data = { ...placed(orderId), lines: [{ ...placed(orderId).lines[0], quantity: -3 }] };
    const message = upMessage('order.placed', data, { id: `event-${orderId}`, sequence, ...changes });
    const gate = createUpGate({ codec: world.codec, prefix: PREFIX, nowMs: () => nowMs });
    const { records, deadLetter } = await gate.admit(message);
    expect(deadLetter).toBe(true);
    await world.write(records);
    return records[0]?.headers.dealeriq_dlq_id ?? '';
  }

  const ordersWith = async (id: string) =>
    (await world.read(`${PREFIX}.order.placed`)).filter((message) => headersOf(message).ce_id === id);

  it('are shown byte for byte, with the headers that they came with and what is wrong', async () => {
    const bytes = '{"orderId":"O-1", "x": "\u00e9\ud83d\ude00",  broken';
    const id = await refusedOrder('O-1', { text: bytes });
    const { letter, status } = await desk.show(id);
    expect(text.decode(letter.bytes ?? undefined)).toBe(bytes);
    expect(letter.headers).toMatchObject({ 'ce-id': 'event-O-1', 'nats-msg-id': `B1/1/live/${sequence}` });
    expect(letter).toMatchObject({ direction: 'up', origin: 'dealeriq.up.D042.live.order.placed' });
    expect(letter.reason).not.toBe('');
    expect(status.status).toBe('open');
    await expect(desk.show('none/such')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are listed newest first, page by page, and by dealer, type and status', async () => {
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4, 5])
      ids.unshift(await refusedOrder(`L-${n}`, { dealerId: n % 2 === 0 ? 'D007' : 'D008' }));
    const seen: string[] = [];
    let after: Parameters<DeadLetterDesk['list']>[0]['after'];
    for (;;) {
      const page = await desk.list({ limit: 2, after });
      seen.push(...page.items.map(({ letter }) => letter.id));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(seen.slice(0, 5)).toEqual(ids);
    expect(new Set(seen).size).toBe(seen.length);
    const ofD007 = await desk.list({ limit: 10, dealer: 'D007', type: 'order.placed' });
    expect(ofD007.items.map(({ letter }) => letter.id)).toEqual([ids[1], ids[3]]);
    await desk.discard(ids[1] ?? '', { by: 'vera', note: 'a test order' });
    const discarded = { limit: 10, dealer: 'D007', status: 'discarded' } as const;
    await expect
      .poll(async () => (await desk.list(discarded)).items)
      .toMatchObject([{ letter: { id: ids[1] }, status: { status: 'discarded', by: 'vera', note: 'a test order' } }]);
    expect((await desk.list({ limit: 10, dealer: 'D007', status: 'open' })).items).toHaveLength(1);
    expect((await desk.list({ limit: 10, reasonCode: 'too-large' })).items).toEqual([]);
  });

  it('stay open with what was met when a retry as they arrived does not fit', async () => {
    const id = await refusedOrder('O-2');
    await expect(desk.retry(id, hand)).rejects.toMatchObject({
      code: 'contract-violation',
      violations: [{ pointer: '/lines/0/quantity' }],
    });
    const tried = { status: 'open', attempts: 1, problem: expect.any(String) };
    await expect.poll(async () => (await desk.show(id)).status).toMatchObject(tried);
    expect(await ordersWith('event-O-2')).toEqual([]);
  });

  it('land once in their topic when fixed, with their identity and a word of what was fixed', async () => {
    const id = await refusedOrder('O-3');
    const { letter } = await desk.show(id);
    await expect(desk.fix(id, { attributes: { id: 'other', sequence: '99' } }, hand)).rejects.toMatchObject({
      code: 'validation-failed',
      violations: [{ pointer: '/attributes/id' }, { pointer: '/attributes/sequence' }],
    });
    await desk.fix(id, { data: placed('O-3'), attributes: {} }, { by: 'vera', note: 'quantity was typed wrongly' });
    expect(await desk.retry(id, hand)).toMatchObject({ changed: true, status: { status: 'retried', attempts: 1 } });
    expect(await desk.retry(id, hand)).toMatchObject({ changed: false });

    // The second retry opened the transactional id again, so the first one's records are to be seen.
    const [record, ...others] = await ordersWith('event-O-3');
    expect(others).toEqual([]);
    expect(headersOf(record)).toMatchObject({
      ce_id: 'event-O-3',
      ce_source: 'urn:dealeriq:dealer:D042:B1',
      ce_epoch: '1',
      ce_lane: 'live',
      ce_deviceid: 'B1',
      ce_sequence: String(sequence),
      dealeriq_retried_from: id,
      dealeriq_fixed: 'true',
      dealeriq_original_sha256: createHash('sha256')
        .update(letter.bytes ?? '')
        .digest('hex'),
    });
    expect(text.decode(record?.key)).toBe('D042');
    expect((await world.codec.decode(record?.value ?? new Uint8Array())).data).toEqual(placed('O-3'));
    expect((await desk.show(id)).letter.bytes).toEqual(letter.bytes);
    await expect(desk.discard(id, hand)).rejects.toMatchObject({ code: 'conflict' });
    await expect(desk.fix(id, { attributes: {} }, hand)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('land once when several people retry the same one at the same time', async () => {
    const id = await refusedOrder('O-4');
    await desk.fix(id, { data: placed('O-4'), attributes: {} }, hand);
    const other = createDeadLetterDesk({
      kafka: world.kafka,
      prefix: PREFIX,
      codec: () => Promise.resolve(world.codec),
      nowMs: () => nowMs++,
    });
    const outcomes = await Promise.allSettled([desk.retry(id, hand), other.retry(id, hand), desk.retry(id, hand)]);
    expect(outcomes.filter((one) => one.status === 'fulfilled' && one.value.changed)).toHaveLength(1);
    expect(await ordersWith('event-O-4')).toHaveLength(1);
  });

  it('go back into the topic that they came down from, under the same key and id', async () => {
    const sound = downRecord(world, 'product.updated', product('HOSE'), { id: 'down-1' });
    await world.write([{ ...sound, value: new TextEncoder().encode('not avro') }]);
    const downs = async () =>
      (await world.read(sound.topic)).filter((message) => headersOf(message).ce_id === 'down-1');
    const [bad] = await downs();
    const id = `${sound.topic}/${bad?.partition}/${bad?.offset}`;
    const attributes = { type: 'product.updated', id: 'down-1', source: 'urn:dealeriq:centre:erp', specversion: '1.0' };
    await world.write(
      downLetter(world, {
        id,
        origin: id,
        key: sound.topic,
        bytes: bad?.value ?? null,
        headers: sound.headers,
        attributes,
      }),
    );
    await expect(desk.retry(id, hand)).rejects.toMatchObject({ code: 'contract-violation' });
    await desk.fix(id, { data: product('HOSE'), attributes: {} }, hand);
    await desk.retry(id, hand);
    await expect.poll(downs).toHaveLength(2);
    const [, again] = await downs();
    expect([again?.partition, text.decode(again?.key)]).toEqual([bad?.partition, 'HOSE']);
    expect(headersOf(again)).toMatchObject({ dealeriq_retried_from: id, dealeriq_fixed: 'true' });
    expect((await world.codec.decode(again?.value ?? new Uint8Array())).data).toEqual(product('HOSE'));
  });
});
