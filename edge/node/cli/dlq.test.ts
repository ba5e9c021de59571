import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { printed, runCli, startCli } from '../../../test/support/cli-process.ts';
import { arriving, openBox } from '../../../test/support/edge-box.ts';
import { product } from '../../../test/support/facts.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const options = { cwd: folder.path, env: { DATA_DIR: folder.path } };
const dealeriq = (...args: string[]) => runCli(args, options);

/** Dead letters of an event that breaks its contract, and of one that keeps it but was refused once. */
async function deadLetters(): Promise<void> {
  const box = await openBox({ folder: folder.path });
  const structured = (id: string, data: unknown) => ({
    specversion: '1.0',
    id,
    source: 'urn:dealeriq:centre:test',
    type: 'product.updated',
    data,
  });
  for (const [id, data] of [
    ['bad', { sku: 'X' }],
    ['good', product('A-1')],
  ] as const) {
    const incoming = arriving('product.updated', { sku: 'X' }, { id });
    const bytes = new TextEncoder().encode(JSON.stringify(structured(id, data)));
    await box.runtime.receive({
      ...incoming,
      raw: { bytes, contentType: 'application/cloudevents+json', headers: {}, gate: 'gateway' },
    });
  }
  await box.close();
}

test('dead letters are listed, shown, tried again and discarded', async () => {
  await deadLetters();
  const { items } = JSON.parse((await dealeriq('dlq', 'list', '--json')).stdout) as {
    items: { id: string; eventId: string }[];
  };
  const idOf = (eventId: string) => items.find((item) => item.eventId === eventId)?.id ?? '';
  expect(items).toHaveLength(2);

  const shown = await dealeriq('dlq', 'show', idOf('bad'));
  expect(shown.stdout).toContain('"id":"bad"');
  expect(shown.stdout).toContain('/name is required');

  const retried = await dealeriq('dlq', 'retry', '--all', '--json');
  expect(retried.status).toBe(1);
  expect(JSON.parse(retried.stdout).items).toEqual(
    expect.arrayContaining([
      { id: idOf('good'), status: 'retried' },
      { id: idOf('bad'), status: 'open', problem: expect.stringContaining('It still does not fit') },
    ]),
  );
  expect((await dealeriq('events', '--type', 'product.updated')).stdout).toContain('A-1');

  expect((await dealeriq('dlq', 'discard', idOf('bad'))).status).toBe(0);
  const twice = await dealeriq('dlq', 'discard', idOf('bad'));
  expect([twice.status, twice.stderr]).toEqual([1, expect.stringContaining('is discarded')]);
  expect((await dealeriq('dlq', 'list')).stdout).toBe('No dead letters are open.\n');
  expect((await dealeriq('dlq', 'list', '--status', 'all')).stdout.trimEnd().split('\n')).toHaveLength(2);
  expect((await dealeriq('dlq', 'list', '--status', 'lost')).status).toBe(2);
  expect((await dealeriq('dlq', 'show', 'none')).status).toBe(1);
  expect((await dealeriq('dlq', 'retry')).status).toBe(2);
}, 60_000);

test('events can be followed while another process logs them', async () => {
  const following = startCli(['events', '--follow', '--limit', '1'], options);
  try {
    await printed(following, '\n');
    writeFileSync(join(folder.path, 'p.csv'), 'sku,name\nB-77,Bolt\n');
    const seen = printed(following, 'B-77');
    expect((await dealeriq('import', 'products', 'p.csv')).status).toBe(0);
    expect(await seen).toContain('product.updated');
  } finally {
    following.kill('SIGKILL');
  }
}, 30_000);
