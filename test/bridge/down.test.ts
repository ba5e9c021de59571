import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventType } from '../../src/events/catalog.ts';
import type { DownPartitionOptions } from '../../sync/bridge/down-partition.ts';
import { payload, price } from '../support/facts.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { openSite, until } from '../support/nats-site.ts';
import { centreRecord, type DownCentre, startDownCentre } from './down-centre.ts';
import { catalogCodec } from './down-codec.ts';
import {
  type DownRun,
  priceIds,
  priceRecords,
  runPartition,
  storedIds,
  untilCheckpoint,
  untilStored,
} from './down-runner.ts';

const [kafkaHere, natsHere] = await Promise.all([kafkaClusterOrSkip(), natsOrSkip()]);
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe.skipIf(kafkaHere === undefined || natsHere === undefined)('from Kafka down to the stream', () => {
  let centre: DownCentre;
  let prefix: string;
  const schemas = catalogCodec();
  const running: DownRun[] = [];

  beforeAll(async () => {
    if (kafkaHere !== undefined) centre = await startDownCentre(kafkaHere);
  }, 60_000);
  afterAll(() => centre?.dispose());
  beforeEach(async () => {
    schemas.comeBack();
    await centre.wipeStream();
    prefix = await centre.freshTopics(['price.changed', 'product.updated', 'order.accepted', 'inventory.changed']);
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  const run = (type: EventType, changes: Partial<DownPartitionOptions> = {}): DownRun => {
    const one = runPartition(centre, schemas.codec, prefix, type, changes);
    running.push(one);
    return one;
  };
  const deadLetters = async () =>
    (await centre.committed(`${prefix}.dlq`)).map(({ key, value, headers }) => ({
      key: Buffer.from(key ?? []).toString(),
      value: value && Buffer.from(value).toString('hex'),
      headers: Object.fromEntries(headers.map((header) => [header.name, Buffer.from(header.value).toString()])),
    }));

  it('writes every record once, in order, as dealers read it', async () => {
    await centre.produce(priceRecords(prefix, 1, 1_200));
    run('price.changed');
    await untilStored(centre, 1_200);
    const data = price('HOSE', 1, { reason: 'für „alle“ %41' });
    const attributes = { correlationid: 'Größe "M" %', traceparent: TRACE };
    await centre.produce([centreRecord(prefix, 'price.changed', 'p-1201', data, { attributes })]);
    await untilStored(centre, 1_201);
    const stored = await centre.stored();
    expect(stored.map((message) => message.attributes.id)).toEqual(priceIds(1, 1_201));
    expect(stored.at(-1)).toMatchObject({
      subject: 'dealeriq.down.all.price.changed',
      attributes: { specversion: '1.0', source: 'urn:dealeriq:centre:erp', type: 'price.changed', ...attributes },
    });
    expect(JSON.parse(stored.at(-1)?.text ?? '')).toEqual(data);
    expect(stored[7]?.origin).toBe(`${prefix}.price.changed/0/7`);
  });

  it('never passes on what was not committed', async () => {
    await centre.produce(priceRecords(prefix, 1, 3));
    await centre.produce(priceRecords(prefix, 900, 950), 'abort');
    await centre.produce(priceRecords(prefix, 4, 6));
    run('price.changed');
    await untilCheckpoint(centre, 'price.changed', 50n);
    expect(await storedIds(centre)).toEqual(priceIds(1, 6));
  });

  it('does not send down again what the bridge brought up', async () => {
    const made = (id: string, source: string) =>
      centreRecord(prefix, 'inventory.changed', id, payload('inventory.changed'), {
        attributes: { source, dealerid: 'D042' },
      });
    const dealer = 'urn:dealeriq:dealer:D042:B1';
    await centre.produce([made('i-1', dealer), made('i-2', 'urn:dealeriq:centre:erp'), made('i-3', dealer)]);
    const { counts } = run('inventory.changed');
    await untilCheckpoint(centre, 'inventory.changed', 3n);
    expect(await storedIds(centre)).toEqual(['i-2']);
    expect(counts).toMatchObject({ forwarded: 1, skipped: 2, deadLettered: 0 });
    expect(await deadLetters()).toEqual([]);
  });

  it('takes a deleted key of a state for no event', async () => {
    await centre.produce([
      centreRecord(prefix, 'product.updated', 'HOSE', undefined, { value: null }),
      centreRecord(prefix, 'product.updated', 'u-1', payload('product.updated')),
    ]);
    run('product.updated');
    await untilStored(centre, 1);
    expect(await storedIds(centre)).toEqual(['u-1']);
    expect(await deadLetters()).toEqual([]);
  });

  it('puts poison into the dead letters byte for byte, once, and tells of it; the rest flows', async () => {
    const garbage = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 256);
    const unfit = { ...price('HOSE', 1), currency: 'Euro' };
    await centre.produce([
      centreRecord(prefix, 'order.accepted', 'a-1', payload('order.accepted'), { attributes: { dealerid: 'D042' } }),
      centreRecord(prefix, 'order.accepted', 'a-2', payload('order.accepted'), {
        attributes: { dealerid: 'D042' },
        value: garbage,
      }),
      centreRecord(prefix, 'order.accepted', 'a-3', payload('order.accepted'), { key: 'D042' }),
      { ...centreRecord(prefix, 'order.accepted', 'a-4', payload('order.accepted')), headers: { other: 'x' } },
      centreRecord(prefix, 'order.accepted', 'a-5', payload('order.accepted'), { attributes: { dealerid: 'D043' } }),
    ]);
    await centre.produce([centreRecord(prefix, 'price.changed', 'p-1', unfit)]);
    const accepted = run('order.accepted');
    await untilCheckpoint(centre, 'order.accepted', 5n);
    await accepted.stop();
    run('price.changed');
    await untilCheckpoint(centre, 'price.changed', 1n);

    expect((await centre.stored()).map(({ subject, attributes }) => `${subject} ${attributes.id}`)).toEqual([
      'dealeriq.down.D042.order.accepted a-1',
      'dealeriq.down.D043.order.accepted a-5',
    ]);
    const letters = await deadLetters();
    const of = (offset: number) =>
      letters.find(({ headers }) => headers.dealeriq_dlq_id?.endsWith(`accepted/0/${offset}`));
    expect(letters).toHaveLength(4);
    expect(of(1)).toMatchObject({
      key: 'D042',
      value: Buffer.from(garbage).toString('hex'),
      headers: {
        'ce_id': 'a-2',
        'ce_dealerid': 'D042',
        'content-type': 'application/avro',
        'dealeriq_direction': 'down',
        'dealeriq_reason_code': 'invalid-payload',
        'dealeriq_origin': `${prefix}.order.accepted/0/1`,
      },
    });
    expect(JSON.parse(of(1)?.headers.dealeriq_headers ?? '')).toMatchObject({
      ce_id: 'a-2',
      ce_type: 'order.accepted',
    });
    expect(of(2)?.headers.dealeriq_reason_code).toBe('not-permitted');
    expect(of(3)?.headers.dealeriq_reason_code).toBe('invalid-envelope');
    const misfit = letters.find(({ headers }) => headers.ce_type === 'price.changed');
    expect(misfit?.headers.dealeriq_reason_code).toBe('invalid-payload');
    expect(JSON.parse(misfit?.headers.dealeriq_violations ?? '')).toMatchObject([{ pointer: '/currency' }]);

    const told = await Promise.all(
      (await centre.committed(`${prefix}.data.contract.violation`)).map(({ value }) =>
        schemas.codec.decode(value ?? Buffer.alloc(0)),
      ),
    );
    expect(told.map(({ data }) => (data as { deadLetterId: string }).deadLetterId).toSorted()).toEqual(
      letters.map(({ headers }) => headers.dealeriq_dlq_id).toSorted(),
    );
  });

  it('does not write a dead letter again when the stream has lost everything', async () => {
    await centre.produce([
      ...priceRecords(prefix, 1, 2),
      centreRecord(prefix, 'price.changed', 'bad', undefined, { value: Uint8Array.of(1, 2, 3) }),
      ...priceRecords(prefix, 3, 4),
    ]);
    const first = run('price.changed');
    await untilStored(centre, 4);
    await first.stop();
    await centre.wipeStream();
    run('price.changed');
    await untilStored(centre, 4);
    expect(await storedIds(centre)).toEqual(priceIds(1, 4));
    expect(await deadLetters()).toHaveLength(1);
  });

  it('passes a version on that is newer than the catalogue', async () => {
    const dataschema = 'urn:dealeriq:schema:price.changed:99';
    await centre.produce([
      centreRecord(prefix, 'price.changed', 'new', price('HOSE', 1), { attributes: { dataschema } }),
    ]);
    run('price.changed');
    await untilStored(centre, 1);
    expect((await centre.stored())[0]?.attributes).toMatchObject({ id: 'new', dataschema });
  });

  it('waits for a registry that is away, and loses nothing meanwhile', async () => {
    await centre.produce(priceRecords(prefix, 1, 3));
    schemas.goAway();
    // A codec that has not seen the schema yet has to ask for it.
    const fresh = catalogCodec();
    fresh.goAway();
    await expect(run('price.changed', { codec: fresh.codec }).ended).rejects.toMatchObject({
      code: 'registry-unavailable',
    });
    expect(await storedIds(centre)).toEqual([]);
    expect(await deadLetters()).toEqual([]);
    fresh.comeBack();
    run('price.changed', { codec: fresh.codec });
    await untilStored(centre, 3);
    expect(await storedIds(centre)).toEqual(priceIds(1, 3));
  });

  it('reaches two dealers: each its own, both what is for everybody', async () => {
    const sites = await Promise.all(['D042', 'D043'].map((dealerId) => openSite(centre.server, { dealerId })));
    try {
      const stock = (id: string, dealerid: string) =>
        centreRecord(prefix, 'inventory.changed', id, payload('inventory.changed'), { attributes: { dealerid } });
      await centre.produce([...priceRecords(prefix, 1, 20), stock('for-D042', 'D042'), stock('for-D043', 'D043')]);
      run('price.changed');
      run('inventory.changed');
      const received = async ({ runtime }: (typeof sites)[number]) =>
        (
          await runtime.store.read({
            sql: "SELECT id FROM events WHERE source = 'urn:dealeriq:centre:erp' ORDER BY position",
          })
        ).map(({ id }) => String(id));
      for (const site of sites) {
        const { dealerId } = site.runtime.identity;
        await until(`everything is at ${dealerId}`, async () => (await received(site)).length >= 21);
        const ids = await received(site);
        expect(ids.filter((id) => id.startsWith('p-'))).toEqual(priceIds(1, 20));
        expect(ids.filter((id) => !id.startsWith('p-'))).toEqual([`for-${dealerId}`]);
      }
    } finally {
      for (const site of sites) await site.close();
    }
  });
});
