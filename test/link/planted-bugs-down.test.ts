import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Runtime } from '../../src/runtime.ts';
import type { Delivery, DownHub } from '../../sync/core/hub.ts';
import { type EdgeBox, openBox } from '../support/edge-box.ts';
import { type FakeHub, fakeHub } from '../support/link-fake-hub.ts';
import { appliedUpTo, priceAttributes, receivedIds, runDown, sendPrices } from '../support/link-run.ts';

/** The checks of what comes down are checked, as planted-bugs.test.ts does it for what goes up. */

interface DownBug {
  readonly bug: string;
  hub?(hub: DownHub, fake: FakeHub): DownHub;
  runtime?(runtime: Runtime): Runtime;
  readonly shows: RegExp;
}

/** Lets each delivery be the next one, whatever came before. */
async function* renumbered(groups: AsyncIterable<readonly Delivery[]>): AsyncIterable<readonly Delivery[]> {
  let next = 1;
  for await (const group of groups) yield group.map((one) => ({ ...one, deliverySequence: next++ }));
}

const downBugs: readonly DownBug[] = [
  {
    bug: 'a delivery is acknowledged before it is applied, and the acknowledgement decides where to go on',
    hub(hub, fake) {
      return {
        ...hub,
        async *deliveries(_after, signal) {
          for await (const group of hub.deliveries(fake.acknowledged(), signal)) {
            await hub.acknowledge(group.at(-1)?.sequence ?? 0);
            yield group.map((one, index) => ({ ...one, deliverySequence: index + 1 }));
          }
        },
      };
    },
    shows: /came d-/,
  },
  {
    bug: 'the check for gaps is off',
    hub: (hub) => ({ ...hub, deliveries: (after, signal) => renumbered(hub.deliveries(after, signal)) }),
    shows: /came d-/,
  },
  {
    bug: 'events are not known again by their id',
    hub: (hub) => ({ ...hub, storedMs: async () => undefined }),
    runtime: (runtime) => {
      let copies = 0;
      return {
        ...runtime,
        receive(incoming) {
          copies += 1;
          return runtime.receive({
            ...incoming,
            attributes: { ...incoming.attributes, id: `${incoming.attributes.id}#${copies}` },
          });
        },
      };
    },
    shows: /came d-/,
  },
  {
    bug: 'a hub that was rolled back is not noticed',
    hub: (hub) => {
      const known = new Map<number, number>();
      return {
        ...hub,
        storedMs: async (sequence) => known.get(sequence),
        async *deliveries(after, signal) {
          for await (const group of hub.deliveries(after, signal)) {
            for (const one of group) known.set(one.sequence, one.storedMs);
            yield group;
          }
        },
      };
    },
    shows: /came d-/,
  },
  {
    bug: 'poison is dropped',
    runtime: (runtime) => ({
      ...runtime,
      async receive(incoming) {
        if (incoming.data === undefined) throw new Error('no data');
        return runtime.receive(incoming);
      },
      quarantine: async () => undefined,
    }),
    shows: /letters/,
  },
  {
    bug: 'a dead letter is kept as text',
    runtime: (runtime) => ({
      ...runtime,
      receive: (incoming) =>
        runtime.receive({
          ...incoming,
          raw: { ...incoming.raw, bytes: new TextEncoder().encode(new TextDecoder().decode(incoming.raw.bytes)) },
        }),
    }),
    shows: /letters/,
  },
];

describe('downwards', () => {
  let box: EdgeBox;
  let fake: FakeHub;
  beforeEach(async () => {
    box = await openBox();
    fake = fakeHub();
  });
  afterEach(() => box.dispose());

  /** A session that breaks off, a gap, poison, and a hub that is rolled back. */
  async function downStory({ hub, runtime }: Omit<DownBug, 'bug' | 'shows'>): Promise<string> {
    const poison = new Uint8Array([0, 255, 128]);
    const down = hub?.(fake.down, fake) ?? fake.down;
    const planted = runtime?.(box.runtime) ?? box.runtime;
    sendPrices(fake, 1, 60);
    let left = 55;
    const breaking: Runtime = {
      ...planted,
      receive(incoming) {
        left -= 1;
        return left < 0 ? new Promise(() => undefined) : planted.receive(incoming);
      },
    };
    // The process ends in the middle of a group.
    const first = runDown(breaking, down, async () => left < 0, 400);
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 500))]);
    fake.send({ attributes: priceAttributes('d-bad'), bytes: poison });
    fake.skipOnce.add(57);
    await runDown(planted, down, appliedUpTo(box, 61));
    fake.rewind(50);
    fake.skipOnce.add(52);
    sendPrices(fake, 61, 2);
    sendPrices(fake, 51, 10);
    fake.send({ attributes: priceAttributes('d-bad'), bytes: poison });
    await runDown(planted, down, appliedUpTo(box, 63));

    const expected = Array.from({ length: 62 }, (_, index) => `d-${index + 1}`);
    const received = await receivedIds(box);
    const problems: string[] = [];
    if (received.toSorted().join() !== expected.toSorted().join()) problems.push(`came ${received.join(' ')}`);
    const letters = await box.rows('SELECT DISTINCT payload FROM dead_letters');
    const same = letters.length === 1 && Buffer.from(letters[0]?.payload as Uint8Array).equals(Buffer.from(poison));
    if (!same) problems.push(`${letters.length} letters`);
    return problems.join('\n');
  }

  test('the story without a bug ends well', async () => {
    expect(await downStory({})).toBe('');
  });

  test.each(downBugs)('found: $bug', async ({ shows, ...bug }) => {
    expect(await downStory(bug)).toMatch(shows);
  });
});
