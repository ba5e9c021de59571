import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectHub } from '../../edge/node/nats.ts';
import { definitionOf, type EventData } from '../../src/events/catalog.ts';
import { planDown } from '../../sync/bridge/down-plan.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import { openUpSource } from '../../sync/bridge/up-source.ts';
import { LinkCounters } from '../../sync/counters.ts';
import { sendAtomicBatch } from '../../sync/jetstream/atomic-batch.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { DOWN } from '../../sync/jetstream/streams.ts';
import { startLink } from '../../sync/link.ts';
import { type CliOutcome, runCli } from '../support/cli-process.ts';
import { type EdgeBox, openBox } from '../support/edge-box.ts';
import { count, dealer, payload, price, product } from '../support/facts.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { type NatsServer, natsOrSkip, startNatsServer } from '../support/nats-server.ts';
import { until } from '../support/nats-site.ts';
import { type CentreWorld, downRecord, PREFIX, startCentreWorld, upMessage } from './centre-world.ts';

const kafkaBinary = await kafkaClusterOrSkip();
const natsBinary = await natsOrSkip();

describe.skipIf(kafkaBinary === undefined || natsBinary === undefined)(
  'a replay to a dealer',
  { timeout: 90_000 },
  () => {
    let world: CentreWorld;
    let hub: NatsServer;
    let admin: NatsConnection;
    let box: EdgeBox;
    let written = 0;

    beforeAll(async () => {
      if (kafkaBinary === undefined) return;
      [world, hub] = await Promise.all([startCentreWorld(kafkaBinary), startNatsServer()]);
      admin = await connect({ servers: hub.url });
      await provision(admin, ['D042']);
      box = await openBox();
    }, 60_000);
    afterAll(async () => {
      await box?.dispose();
      await admin?.close();
      await Promise.all([world?.dispose(), hub?.dispose()]);
    });

    const replay = (...args: string[]): Promise<CliOutcome> =>
      runCli(['replay', '--from-kafka', '--since', '2020-01-01T00:00:00Z', '--to', 'D042', ...args], {
        cwd: world.folder,
        env: { ...world.env, NATS_URL: hub.url },
      });

    const link = (to: EdgeBox) =>
      startLink({
        runtime: to.runtime,
        counters: new LinkCounters(),
        retryMs: { first: 50, most: 200 },
        connect: () => connectHub({ url: hub.url, dealerId: 'D042', deviceId: 'B1' }),
        report: () => undefined,
      });

    const lastPlace = async () => (await (await jetstreamManager(admin)).streams.info(DOWN)).state.last_seq;
    const storedDown = async () => (await (await jetstreamManager(admin)).streams.info(DOWN)).state.messages;

    /** Lets a box receive all that went down, and send all that it has. */
    async function settle(to: EdgeBox): Promise<void> {
      const running = await link(to);
      const last = await lastPlace();
      await until('everything is applied', async () => (await running.inbound()).lastAppliedSequence >= last);
      await until('everything is sent', async () => (await upCount()) >= (await ownEvents(to)));
      await running.close();
    }

    const upCount = async () => (await (await jetstreamManager(admin)).streams.info('DEALERIQ_UP')).state.messages;
    const ownEvents = async (of: EdgeBox) =>
      Number((await of.rows('SELECT count(*) AS n FROM events WHERE sequence IS NOT NULL'))[0]?.n);

    /** Writes what the centre says into Kafka, and down to the hub as the bridge does. */
    async function centreSays(records: ReturnType<typeof downRecord>[]): Promise<void> {
      await world.write(records);
      for (const record of records) {
        const definition = definitionOf(record.topic.slice(PREFIX.length + 1));
        if (definition === undefined) throw new Error(record.topic);
        const message = (await world.read(record.topic)).at(-1);
        if (message === undefined) throw new Error('nothing is there');
        const read = (await world.read(record.topic)).filter((one) =>
          one.headers.some(({ value }) => new TextDecoder().decode(value) === record.headers.ce_id),
        );
        const plan = await planDown(
          { definition, codec: world.codec, messageBytesMax: 1_000_000, nowMs: Date.now },
          read,
        );
        expect(plan.forwards).toHaveLength(1);
        await sendAtomicBatch(admin, { filter: 'dealeriq.down.none.x', lastSequence: 0 }, plan.forwards);
      }
      written += records.length;
    }

    /** Brings what the box has sent up into Kafka, through the bridge's gate. */
    async function bridgeUp(after: number): Promise<number> {
      const total = await upCount();
      const source = await openUpSource(admin, ['D042'], after + 1);
      const gate = createUpGate({ codec: world.codec, prefix: PREFIX, nowMs: Date.now });
      const never = new AbortController().signal;
      let seen = after;
      while (seen < total) {
        const messages = await source.next(never);
        const admitted = await Promise.all(messages.map((message) => gate.admit(message)));
        expect(admitted.filter(({ deadLetter }) => deadLetter)).toEqual([]);
        if (admitted.length > 0) await world.write(admitted.flatMap(({ records }) => records));
        seen = messages.at(-1)?.streamSequence ?? seen;
        written += messages.length;
      }
      await source.close();
      return seen;
    }

    const down = <Type extends Parameters<typeof downRecord>[1]>(
      type: Type,
      data: EventData<Type>,
      id: string,
      own = true,
    ) => downRecord(world, type, data, { id, ...(own ? { dealerId: 'D042' } : {}) });

    /** What the box shows to people; positions in the log differ between boxes. */
    async function stateOf(of: EdgeBox) {
      const columns = 'accepted_at, rejected_at, cancelled_at, paid_at, declined_at, shipped_at';
      return {
        orders: await of.rows(`SELECT order_id, order_number, gross_minor, ${columns} FROM orders ORDER BY 1`),
        stock: await of.rows('SELECT sku, on_hand, reserved, available, backordered FROM stock ORDER BY 1'),
        prices: await of.rows('SELECT sku, version, snapshot FROM prices ORDER BY 1, 2'),
        products: await of.rows('SELECT sku, snapshot FROM products ORDER BY 1'),
      };
    }

    it('changes nothing at a box that has it all: no order, price or stock, and no saga again', async () => {
      await centreSays([
        down('dealer.created', dealer(), 'c-dealer'),
        down('product.updated', product('HOSE'), 'c-product', false),
        down('price.changed', price('HOSE', 1000), 'c-price', false),
        down('inventory.changed', count('HOSE', 100), 'c-stock'),
      ]);
      await settle(box);
      const orderIds: string[] = [];
      for (const quantity of [2, 3]) {
        const { events } = await box.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity }] });
        orderIds.push(events[0]?.subject ?? '');
      }
      const [first = '', second = ''] = orderIds;
      await centreSays([
        down('order.accepted', payload('order.accepted', { orderId: first }), 'c-accepted'),
        down('payment.declined', payload('payment.declined', { orderId: second }), 'c-declined'),
        down(
          'shipment.dispatched',
          payload('shipment.dispatched', { orderId: first, lines: [{ lineNumber: 1, sku: 'HOSE', quantity: 2 }] }),
          'c-shipped',
        ),
      ]);
      await settle(box);
      await bridgeUp(0);
      const before = await stateOf(box);
      // The saga has acted: one order is cancelled and released, the other has left the stock.
      expect(before.orders).toMatchObject([{ shipped_at: expect.any(String) }, { cancelled_at: expect.any(String) }]);
      expect(before.stock).toMatchObject([{ on_hand: 98, reserved: 0 }]);

      const own = await ownEvents(box);
      const head = box.runtime.head();
      const done = await replay('--id', 'all', '--json');
      expect([done.stderr, done.status]).toEqual(['', 0]);
      expect(JSON.parse(done.stdout)).toMatchObject({ events: written, written });
      await settle(box);
      expect(await stateOf(box)).toEqual(before);
      expect([await ownEvents(box), box.runtime.head()]).toEqual([own, head]);
      expect(await box.rows('SELECT * FROM dead_letters')).toEqual([]);
    });

    it('sends nothing twice when it is run again with the same id', async () => {
      const before = await storedDown();
      const again = await replay('--id', 'all', '--json');
      expect(JSON.parse(again.stdout)).toMatchObject({ written: 0, writtenBefore: written });
      expect(await storedDown()).toBe(before);
    });

    it('goes on where it was killed, without a hole or a repetition', async () => {
      const before = await storedDown();
      expect((await replay('--id', 'cut', '--limit', '3')).status).toBe(0);
      const killed = await runCli(
        ['replay', '--from-kafka', '--since', '2020-01-01T00:00:00Z', '--to', 'D042', '--id', 'cut', '--rate', '10'],
        { cwd: world.folder, env: { ...world.env, NATS_URL: hub.url, DEALERIQ_FAULT_POINT: 'replay-after-write:2' } },
      );
      expect(killed.status).toBe(null);
      expect(await storedDown()).toBe(before + 5);
      expect((await replay('--id', 'cut')).status).toBe(0);
      expect(await storedDown()).toBe(before + written);
    });

    it('gives a fresh box the state, and starts nothing there', async () => {
      const manager = await jetstreamManager(admin);
      // As when the hub no longer has what went down.
      await manager.streams.purge(DOWN);
      const fresh = await openBox();
      try {
        expect((await replay('--id', 'fresh')).status).toBe(0);
        const upBefore = await upCount();
        const running = await link(fresh);
        const last = await lastPlace();
        await until('everything is applied', async () => (await running.inbound()).lastAppliedSequence >= last);
        await running.close();
        expect(await stateOf(fresh)).toEqual(await stateOf(box));
        expect(await fresh.rows('SELECT * FROM dead_letters')).toEqual([]);
        expect([await ownEvents(fresh), await upCount()]).toEqual([0, upBefore]);
      } finally {
        await fresh.dispose();
      }
    });

    it('never tells a dealer what belongs to another', async () => {
      const gate = createUpGate({ codec: world.codec, prefix: PREFIX, nowMs: Date.now });
      const foreign = payload('ticket.created', { ticketId: 'T-7' });
      const message = upMessage('ticket.created', foreign, { id: 'foreign', dealerId: 'D007', sequence: 1 });
      const { records, deadLetter } = await gate.admit(message);
      expect(deadLetter).toBe(false);
      await world.write(records);
      const dry = await replay('--dry-run', '--json');
      expect(JSON.parse(dry.stdout)).toMatchObject({ events: written });
    });
  },
);
