import { describe, expect, it } from 'vitest';
import { definitions } from '../../src/events/catalog.ts';
import { kafkaTopic } from '../../src/events/names.ts';
import { codeOf } from '../../test/support/code-of.ts';
import type { TopicState } from './kafka.ts';
import { kindOf, minInSync, wantedTopics } from './topic-list.ts';
import { applyTopics, planTopics, type TopicOptions } from './topics.ts';

const options: TopicOptions = { prefix: 'dealeriq', replicationFactor: 3 };

/** The topics as a plan makes them, with some of them otherwise. */
function asPlanned(changes: Readonly<Record<string, Partial<TopicState>>> = {}): readonly TopicState[] {
  return wantedTopics(definitions, options).map(({ name, partitions, config }) => {
    const state = { name, id: name, partitions, replicationFactor: 3, ...changes[name] };
    const inSync = minInSync(state.replicationFactor);
    return { ...state, config: { ...config, 'min.insync.replicas': inSync, ...changes[name]?.config } };
  });
}

/** Plans over topics of which the named ones hold records. */
async function plan(topics: readonly TopicState[], asked: Partial<TopicOptions> = {}, full: readonly string[] = []) {
  const admin = {
    topics: async () => topics,
    bounds: async (topic: string) => [{ partition: 0, first: 4n, end: full.includes(topic) ? 7n : 4n }],
  };
  return await planTopics(admin, { ...options, ...asked });
}

const stepsOf = async (topic: string, ...asked: Parameters<typeof plan>) =>
  (await plan(...asked)).filter((step) => step.topic === topic);
const changing = async (...asked: Parameters<typeof plan>) =>
  (await plan(...asked)).filter(({ action }) => action !== 'keep');

const PLACED = 'dealeriq.order.placed';
const PRODUCT = 'dealeriq.product.updated';
const CHECKPOINT = 'dealeriq.bridge.checkpoint';

describe('the topics of the catalogue', () => {
  it('are one for each event type, the dead letters and their status, and the checkpoint', () => {
    expect(wantedTopics(definitions, { prefix: 'p', shards: 16, partitions: 6 }).map(({ name }) => name)).toEqual([
      ...definitions.map(({ type }) => kafkaTopic(type, 'p')),
      'p.dlq',
      'p.dlq.status',
      'p.bridge.checkpoint',
    ]);
  });

  it('are compacted only where events come down alone: what goes up has the key of its dealer', () => {
    const compacted = definitions.filter((definition) => kindOf(definition) === 'state');
    expect(compacted.map(({ direction }) => direction)).toEqual(['down', 'down', 'down', 'down']);
    expect(compacted.map(({ type }) => type)).not.toContain('price.changed');
  });

  it('take records that are larger than a message of the hub', () => {
    const sizes = wantedTopics(definitions, options).map(({ config }) => Number(config['max.message.bytes']));
    expect(Math.min(...sizes)).toBeGreaterThan(2 ** 20);
  });

  it('let one broker be away where there are three', () => {
    expect([1, 2, 3, 5].map(minInSync)).toEqual(['1', '1', '2', '4']);
  });
});

describe('planning topics', () => {
  it('makes everything where there is nothing', async () => {
    const steps = await plan([], { shards: 16, partitions: 6 });
    expect(new Set(steps.map(({ action }) => action))).toEqual(new Set(['create']));
    expect(steps.at(-1)).toMatchObject({ topic: CHECKPOINT, partitions: 16, replicationFactor: 3 });
    expect(steps[0]).toMatchObject({ partitions: 6, config: { 'min.insync.replicas': '2' } });
  });

  it('keeps what is right, whatever else was set, and larger records too', async () => {
    const topics = asPlanned({
      [PLACED]: { partitions: 12, config: { 'segment.ms': '1', 'max.message.bytes': '99999999' } },
      [CHECKPOINT]: { partitions: 5 },
    });
    expect(await changing(topics)).toEqual([]);
  });

  it('sets what is wrong, and nothing else', async () => {
    const topics = asPlanned({ [PLACED]: { config: { 'retention.ms': '1000' } } });
    expect(await changing(topics)).toEqual([
      {
        topic: PLACED,
        action: 'set-config',
        config: { 'retention.ms': '31536000000' },
        why: 'retention.ms: 1000 → 31536000000',
      },
    ]);
  });

  it('keeps records for as many days as asked', async () => {
    const steps = await changing(asPlanned(), { retentionDays: { bulk: 30 } });
    const bulk = definitions.filter((definition) => kindOf(definition) === 'bulk');
    expect(steps.map(({ topic }) => topic)).toEqual(bulk.map(({ type }) => kafkaTopic(type)));
  });

  it('asks of a topic only as many replicas in sync as it can have', async () => {
    expect(await changing(asPlanned({ [PLACED]: { replicationFactor: 1 } }))).toEqual([]);
    const [step] = await stepsOf(PLACED, asPlanned({ [PLACED]: { replicationFactor: 1 } }));
    expect(step?.why).toContain('3 replicas would be safer');
  });

  it('refuses another number of shards, whether more or fewer, and says which to use', async () => {
    for (const shards of [4, 16]) {
      const [step] = await stepsOf(CHECKPOINT, asPlanned(), { shards });
      expect(step).toMatchObject({ action: 'refuse' });
      expect(step?.why).toContain('--shards 8');
    }
    expect(await changing(asPlanned(), { shards: 8 })).toEqual([]);
  });

  it('adds partitions to topics without records, and to the dead letters', async () => {
    const steps = await changing(asPlanned(), { partitions: 6 }, ['dealeriq.dlq']);
    expect(new Set(steps.map(({ action }) => action))).toEqual(new Set(['add-partitions']));
    expect(steps).toHaveLength(definitions.length + 2);
  });

  it('refuses to move keys that have records, unless it is asked to', async () => {
    const [refused] = await stepsOf(PLACED, asPlanned(), { partitions: 6 }, [PLACED]);
    expect(refused).toMatchObject({ action: 'refuse', why: expect.stringContaining('wrong order') });
    const [asked] = await stepsOf(PLACED, asPlanned(), { partitions: 6, moveKeys: true }, [PLACED]);
    expect(asked).toMatchObject({ action: 'add-partitions', partitions: 6 });
  });

  it('never moves keys of a compacted topic that has records', async () => {
    const [step] = await stepsOf(PRODUCT, asPlanned(), { partitions: 6, moveKeys: true }, [PRODUCT]);
    expect(step).toMatchObject({ action: 'refuse', why: expect.stringContaining('compacted') });
  });

  it('never takes partitions away', async () => {
    expect(await changing(asPlanned({ [PLACED]: { partitions: 12 } }), { partitions: 3 })).toEqual([]);
  });
});

describe('applying a plan', () => {
  it('changes nothing while one step is refused', async () => {
    const steps = await plan([...asPlanned().slice(1)], { shards: 9 });
    expect(steps.map(({ action }) => action)).toContain('create');
    const called = async () => {
      throw new Error('It was changed.');
    };
    const admin = { createTopics: called, addPartitions: called, setConfig: called };
    expect(await codeOf(applyTopics(admin, steps))).toBe('invalid-config');
  });
});
