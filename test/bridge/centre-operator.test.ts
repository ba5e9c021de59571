import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearerToken, centreRoutes, loopbackOnly } from '../../edge/node/centre-routes.ts';
import { createDeadLetterDesk } from '../../sync/bridge/dead-letters/dead-letter-desk.ts';
import { encodeLetterId } from '../../sync/bridge/dead-letters/letter-id.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import { runCli } from '../support/cli-process.ts';
import { placed } from '../support/facts.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { type CentreWorld, PREFIX, startCentreWorld, upMessage } from './centre-world.ts';

const binary = await kafkaClusterOrSkip();

describe.skipIf(binary === undefined)('an operator at the centre', { timeout: 60_000 }, () => {
  let world: CentreWorld;
  let sequence = 0;

  beforeAll(async () => {
    if (binary !== undefined) world = await startCentreWorld(binary);
  }, 60_000);
  afterAll(() => world?.dispose());

  const dealeriq = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runCli([...args, '--from-kafka'], { cwd: world.folder, env: { ...world.env, ...env } });

  async function refusedOrder(orderId: string): Promise<string> {
    sequence += 1;
    const data = { ...placed(orderId), lines: [{ ...placed(orderId).lines[0], quantity: -3 }] };
    const gate = createUpGate({ codec: world.codec, prefix: PREFIX, nowMs: () => 0 });
    const { records } = await gate.admit(upMessage('order.placed', data, { id: `event-${orderId}`, sequence }));
    await world.write(records);
    return encodeLetterId(records[0]?.headers.dealeriq_dlq_id ?? '');
  }

  const copiesOf = async (eventId: string) => {
    const orders = await world.read(`${PREFIX}.order.placed`);
    return orders.filter(({ headers }) =>
      headers.some(({ name, value }) => name === 'ce_id' && new TextDecoder().decode(value) === eventId),
    ).length;
  };

  it('finds, fixes and retries a dead letter on the command line', async () => {
    const id = await refusedOrder('O-1');
    const listed = await dealeriq(['dlq', 'list', '--dealer', 'D042']);
    expect([listed.stderr, listed.stdout]).toEqual([
      '',
      expect.stringContaining(`${id}  2026-11-02T09:00:01.000Z  open`),
    ]);
    const shown = await dealeriq(['dlq', 'show', id]);
    expect(shown.stdout).toContain('/lines/0/quantity');
    expect(shown.stdout).toContain('"quantity":-3');
    const asItArrived = await dealeriq(['dlq', 'retry', id]);
    expect([asItArrived.status, asItArrived.stderr]).toEqual([1, expect.stringContaining('still does not fit')]);

    const fixed = await dealeriq(['dlq', 'fix', id, '--set', '/lines/0/quantity=4', '--note', 'typed wrongly']);
    expect([fixed.stderr, fixed.status]).toEqual(['', 0]);
    expect((await dealeriq(['dlq', 'retry', id])).stdout).toBe(`${id}  retried\n`);
    const again = await dealeriq(['dlq', 'retry', id]);
    expect([again.status, again.stdout]).toEqual([0, `${id}  retried before; nothing was done\n`]);
    expect(await copiesOf('event-O-1')).toBe(1);
    expect((await dealeriq(['dlq', 'list'])).stdout).toBe('No dead letters in Kafka are open.\n');
    const settled = JSON.parse((await dealeriq(['dlq', 'show', id, '--json'])).stdout) as Record<string, unknown>;
    expect(settled).toMatchObject({ status: 'retried', fixed: true, attempts: 2, fix: { note: 'typed wrongly' } });
  });

  it('is told what is wrong with the call', async () => {
    expect((await dealeriq(['dlq', 'show', 'none'])).status).toBe(1);
    expect((await dealeriq(['dlq', 'fix', 'none'])).status).toBe(2);
    expect((await dealeriq(['dlq', 'fix', 'none', '--set', 'quantity'])).status).toBe(2);
    expect((await dealeriq(['dlq', 'retry'])).status).toBe(2);
  });

  for (const point of ['dlq-after-init', 'dlq-after-begin', 'dlq-after-send', 'dlq-after-commit']) {
    it(`lands a dead letter once when the command is killed at ${point} and run again`, async () => {
      const id = await refusedOrder(point);
      writeFileSync(join(world.folder, 'order.json'), JSON.stringify(placed(point)));
      expect((await dealeriq(['dlq', 'fix', id, '--data', '@order.json'])).status).toBe(0);
      // A process that was killed has no exit status.
      expect((await dealeriq(['dlq', 'retry', id], { DEALERIQ_FAULT_POINT: point })).status).toBe(null);
      const again = await dealeriq(['dlq', 'retry', id, '--json']);
      expect(JSON.parse(again.stdout)).toEqual({ id, status: 'retried', changed: point !== 'dlq-after-commit' });
      await expect.poll(() => copiesOf(`event-${point}`)).toBe(1);
    });
  }

  it('does the same over HTTP, and nobody else does', async () => {
    const id = await refusedOrder('O-9');
    const desk = createDeadLetterDesk({
      kafka: world.kafka,
      prefix: PREFIX,
      codec: () => Promise.resolve(world.codec),
      nowMs: Date.now,
    });
    const local = centreRoutes({ desk, authorize: loopbackOnly('console') });
    const call = (path: string, body?: unknown, host = '127.0.0.1:8790') =>
      local.request(`http://${host}/v1/dlq${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });
    const page = (await (await call('?dealer=D042&limit=1')).json()) as { items: { id: string }[] };
    expect(page.items).toMatchObject([{ id, status: 'open', type: 'order.placed' }]);
    const letter = await (await call(`/${id}`)).json();
    expect(letter).toMatchObject({ origin: 'dealeriq.up.D042.live.order.placed', payloadText: expect.any(String) });

    const refused = await call(`/${id}/retry`, {});
    expect([refused.status, refused.headers.get('content-type')]).toEqual([422, 'application/problem+json']);
    expect(await refused.json()).toMatchObject({ type: 'urn:dealeriq:problem:contract-violation' });
    expect((await call(`/${id}/fix`, {})).status).toBe(422);
    expect((await call(`/${id}/fix`, { set: { '/lines/0/quantity': 4 } })).status).toBe(200);
    expect(await (await call(`/${id}/retry`, {})).json()).toMatchObject({
      status: 'retried',
      changed: true,
      by: 'console',
    });
    expect((await call(`/${id}/discard`, {})).status).toBe(409);
    expect((await call('/none')).status).toBe(404);
    expect((await call('?cursor=x')).status).toBe(400);

    const form = await local.request(`http://127.0.0.1/v1/dlq/${id}/retry`, { method: 'POST', body: 'a=b' });
    expect(form.status).toBe(415);
    expect((await call('', undefined, 'evil.example')).status).toBe(403);
    const remote = centreRoutes({ desk, authorize: bearerToken('s3cret') });
    const as = (token: string) =>
      remote.request('http://bridge.example/v1/dlq', { headers: { authorization: `Bearer ${token}` } });
    expect([(await as('wrong')).status, (await as('s3cret')).status]).toEqual([401, 200]);
  });
});
