import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditDealers, type DealerVerdict, type Expected, isFlawless } from '../../scripts/demo/audit.ts';
import type { ConsoleRecord } from '../../scripts/demo/console-consumer.ts';
import type { DemoResult } from '../../scripts/demo/ending.ts';
import { registryBinary } from '../../scripts/services/registry-binary.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DEMO = resolve(import.meta.dirname, '../../scripts/demo.ts');
const ORDERS = 8;

/** Whether all three peers are here; each that is missing is said, or fails where `CI=true`. */
async function hasPeers(): Promise<boolean> {
  const [nats, kafka, registry] = await Promise.all([natsOrSkip(), kafkaClusterOrSkip(), registryOrSkip()]);
  return nats !== undefined && kafka !== undefined && registry !== undefined;
}

async function registryOrSkip() {
  try {
    return await registryBinary();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    process.stderr.write(`SKIPPED the demo: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

const folder = temporaryFolder();
afterAll(folder.remove);

/** Runs the demo with a temporary folder of its own. */
function startDemo(...args: string[]) {
  const child = spawn(process.execPath, [DEMO, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      out[stream] += text;
    });
  }
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...out }));
  return { child, out, ended };
}

/** Processes whose command line names the demo's folder, or whose working folder lies in it. */
async function leftOver(): Promise<string> {
  const ps = spawn('ps', ['-eo', 'pid,args'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let all = '';
  for await (const piece of ps.stdout.setEncoding('utf8')) all += piece;
  return all
    .split('\n')
    .filter((line) => line.includes(folder.path))
    .join('\n');
}

const madeFolders = () => readdirSync(folder.path).filter((name) => name.startsWith('dealeriq-demo-'));

describe.skipIf(!(await hasPeers()))('npm run demo', () => {
  it('finds every order of both dealers in Kafka once and in order, and leaves nothing behind', async () => {
    const { status, stdout, stderr } = await startDemo('--json', '--orders', String(ORDERS)).ended;
    expect(status, stderr).toBe(0);
    const result = JSON.parse(stdout) as DemoResult;
    expect(result).toMatchObject({ passed: true, deadLetters: 0 });
    expect(result.dealers.map(({ dealerId }) => dealerId)).toEqual(['D042', 'D017']);
    for (const { confirmed, found, missing, twice, outOfOrder, changed, unknown, lanes } of result.dealers) {
      expect({ confirmed, found }).toEqual({ confirmed: ORDERS, found: ORDERS });
      expect([missing, twice, outOfOrder, changed, unknown].flat()).toEqual([]);
      // Each order is one event of the live lane at least.
      expect(lanes.find(({ lane }) => lane === 'live')?.found).toBeGreaterThanOrEqual(ORDERS);
    }
    expect(result.figures.waitedMost).toEqual({ D042: ORDERS / 4, D017: ORDERS / 4 });
    expect(result.figures.shippedOrder.timeline).toEqual(['captured', 'sent', 'accepted', 'shipped']);
    expect(result.example).toMatchObject({ key: 'D042', schemaId: expect.any(Number) });
    expect(result.example.headers).toMatchObject({
      'ce_specversion': '1.0',
      'ce_type': 'order.placed',
      'ce_dealerid': 'D042',
      'content-type': 'application/avro',
      'traceparent': expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    });
    expect(madeFolders()).toEqual([]);
    expect(await leftOver()).toBe('');
  }, 240_000);

  it('ends everything and removes its folder when it is interrupted', async () => {
    const { child, out, ended } = startDemo();
    for await (const _piece of child.stdout.iterator({ destroyOnReturn: false })) {
      if (out.stdout.includes('Apache Kafka')) break;
    }
    expect(await leftOver()).not.toBe('');
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    expect(madeFolders()).toEqual([]);
    expect(await leftOver()).toBe('');
  }, 120_000);

  it('keeps the logs and says where, when something does not start', async () => {
    const child = spawn(process.execPath, [DEMO], {
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder.path, KAFKA_LIBS: dirname(DEMO) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(2);
    expect(said).toContain('KAFKA_LIBS names');
    const logs = /Logs are kept in (\S+)/.exec(said)?.[1] ?? '';
    expect(existsSync(logs)).toBe(true);
    expect(await leftOver()).toBe('');
  }, 120_000);
});

describe('the audit of the demo', () => {
  const GROSS_MINOR = 21_882;
  const record = (sequence: number, type = 'order.placed', offset = sequence): ConsoleRecord => ({
    partition: 0,
    offset,
    key: 'D042',
    headers: Object.entries({
      ce_type: type,
      ce_subject: `order-${sequence}`,
      ce_dealerid: 'D042',
      ce_lane: 'live',
      ce_epoch: '7',
      ce_sequence: String(sequence),
    }),
    value: new Uint8Array(),
  });
  const expected: Expected = {
    dealerId: 'D042',
    confirmed: [1, 2, 3].map((number) => ({
      ...{ orderId: `order-${number}`, orderNumber: `N-${number}`, traceparent: '', grossMinor: GROSS_MINOR },
    })),
    epoch: 7,
    lastSequence: { live: 4, bulk: 0 },
  };
  const whole = [record(1), record(2), record(3), record(4, 'inventory.changed')];
  const audit = async (records: readonly ConsoleRecord[], gross = GROSS_MINOR): Promise<DealerVerdict> => {
    const [verdict] = await auditDealers([expected], records, async () => gross);
    if (verdict === undefined) throw new Error('no verdict');
    return verdict;
  };

  it('finds nothing wrong where nothing is', async () => {
    expect(isFlawless([await audit(whole)])).toBe(true);
  });

  it.each<[what: string, records: ConsoleRecord[], wrong: Partial<DealerVerdict>]>([
    ['a lost order', [record(1), record(3), record(4, 'inventory.changed')], { found: 2, missing: ['order-2'] }],
    ['an order that is there twice', [...whole, record(2, 'order.placed', 9)], { found: 3, twice: ['order-2'] }],
    [
      'orders that changed places',
      [record(1, 'order.placed', 5), record(2), record(3), record(4, 'inventory.changed')],
      { outOfOrder: ['order-1'] },
    ],
    ['another lost event', [record(1), record(2), record(3)], { missing: [] }],
    ['an order that nobody confirmed', [...whole, record(5)], { unknown: ['order-5'] }],
  ])('finds %s', async (_what, records, wrong) => {
    const verdict = await audit(records);
    expect(verdict).toMatchObject(wrong);
    expect(isFlawless([verdict])).toBe(false);
  });

  it('finds an order whose total is another one', async () => {
    const verdict = await audit(whole, GROSS_MINOR - 1);
    expect(verdict.changed).toHaveLength(3);
    expect(isFlawless([verdict])).toBe(false);
  });
});
