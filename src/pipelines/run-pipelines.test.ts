import { beforeEach, describe, expect, test } from 'vitest';
import type { LoggedEvent, NewEvent } from '../core/event.ts';
import type { Row } from '../store/store.ts';
import { type SimulatedPorts, simulatedPorts } from '../testing/simulated-ports.ts';
import type { Pipeline } from './pipeline.ts';
import { type PipelineRunner, startPipelines } from './run-pipelines.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let ports: SimulatedPorts;
let published: NewEvent[];
let reported: string[];
let open: Row[];
let arrive: (type: string) => void;
/** What the work of each run does; it counts the runs. */
let work: () => Promise<void>;
let runs: string[];

const pipeline = (name: string, reactsTo: string[] = []): Pipeline => ({
  name,
  step: 'work',
  everyMs: HOUR,
  reactsTo,
  async run() {
    runs.push(name);
    await work();
    return { processed: 1, published: 0 };
  },
});

function start(...pipelines: Pipeline[]): PipelineRunner {
  return startPipelines({
    context: {
      store: { read: async () => open },
      ports,
      dealerId: 'D042',
      locationId: 'D042-main',
      codeVersion: 'test',
      publish: async (facts) => {
        published.push(...facts);
      },
    },
    pipelines,
    subscribe(listener) {
      arrive = (type) => listener([{ type } as LoggedEvent]);
      return () => undefined;
    },
    firstAfterMs: SECOND,
    settleMs: 5 * SECOND,
    report: (error) => reported.push(String(error)),
  });
}

/** Lets time pass and what fell due come to its end. */
async function pass(milliseconds: number): Promise<void> {
  ports.advance(milliseconds);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

const publishedOf = (type: string) => published.filter((fact) => fact.type === type);

beforeEach(() => {
  ports = simulatedPorts(Date.parse('2026-11-02T09:00:00.000Z'));
  published = [];
  reported = [];
  open = [];
  runs = [];
  work = async () => undefined;
});

describe('pipelines', () => {
  test('run one after the other soon after the start, then by the clock, and record each run', async () => {
    const runner = start(pipeline('first'), pipeline('second'));
    await pass(SECOND);
    await pass(SECOND);
    expect(runs).toEqual(['first', 'second']);
    await pass(HOUR);
    await pass(SECOND);
    expect(runs).toEqual(['first', 'second', 'first', 'second']);
    expect(publishedOf('data.pipeline.started').map(({ data }) => data)).toMatchObject([
      { pipeline: 'first', trigger: 'startup', attempt: 1 },
      { pipeline: 'second', trigger: 'startup' },
      { pipeline: 'first', trigger: 'schedule' },
      { pipeline: 'second', trigger: 'schedule' },
    ]);
    expect(runner.states()).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }]);
    await runner.close();
  });

  test('never run two at a time', async () => {
    let atOnce = 0;
    let most = 0;
    work = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await Promise.resolve();
      atOnce -= 1;
    };
    const runner = start(pipeline('first'), pipeline('second'));
    await Promise.all([runner.run('first'), runner.run('second'), pass(SECOND)]);
    expect([most, runs.length]).toEqual([1, 2]);
    await runner.close();
  });

  test('run once soon after several events, and at most once a minute however many come', async () => {
    const runner = start(pipeline('one', ['order.placed']));
    await pass(SECOND);
    for (let order = 0; order < 600; order += 1) {
      arrive('order.placed');
      await pass(SECOND);
    }
    arrive('ticket.created');
    expect(runs.length).toBeGreaterThan(8);
    expect(runs.length).toBeLessThanOrEqual(11);
    await runner.close();
  });

  test('remember an event that comes during a run', async () => {
    let end: () => void = () => undefined;
    work = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    const runner = start(pipeline('one', ['order.placed']));
    await pass(SECOND);
    arrive('order.placed');
    end();
    await pass(SECOND);
    expect(runs).toHaveLength(1);
    await pass(MINUTE);
    expect(runs).toHaveLength(2);
    end();
    await pass(1);
    for (let minute = 0; minute < 30; minute += 1) await pass(MINUTE);
    expect(runs).toHaveLength(2);
    await runner.close();
  });

  test('asked for by many at once, run once for all of them', async () => {
    let end: () => void = () => undefined;
    work = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    const runner = start(pipeline('one'));
    const first = runner.run('one');
    await pass(1);
    const asked = Array.from({ length: 100 }, () => runner.run('one'));
    end();
    await first;
    await pass(1);
    end();
    await Promise.all(asked);
    expect(runs).toHaveLength(2);
    await runner.close();
  });

  test('that fail say so, open one incident, and try again after a quarter of an hour, not with each event', async () => {
    work = () => Promise.reject(new Error('no memory'));
    const runner = start(pipeline('one', ['order.placed']), pipeline('other'));
    await pass(SECOND);
    await pass(SECOND);
    expect(runner.states()).toMatchObject([{ state: 'failed', lastError: 'no memory' }, { state: 'failed' }]);
    expect(publishedOf('incident.created')).toHaveLength(2);
    open = [{ snapshot: JSON.stringify(publishedOf('incident.created')[0]?.data) }];
    for (let minute = 0; minute < 14; minute += 1) {
      arrive('order.placed');
      await pass(MINUTE);
    }
    expect(runs).toEqual(['one', 'other']);
    await pass(2 * MINUTE);
    await pass(SECOND);
    expect(runs).toEqual(['one', 'other', 'one', 'other']);
    expect(publishedOf('ml.pipeline.failed').map(({ data }) => data)).toMatchObject([
      { attempt: 1, errorCode: 'unexpected', message: 'no memory' },
      { attempt: 1 },
      { attempt: 2 },
      { attempt: 2 },
    ]);
    expect(publishedOf('incident.created')).toHaveLength(2);
    await runner.close();
  });

  test('that cannot even record a failure leave the others running', async () => {
    work = () => Promise.reject(new Error('disk gone'));
    const runner = start(pipeline('one'));
    published.push = () => {
      throw new Error('cannot write');
    };
    await pass(SECOND);
    expect(reported).toEqual(['Error: cannot write', 'Error: cannot write']);
    expect(runner.states()).toMatchObject([{ state: 'failed' }]);
    await runner.close();
  });

  test('broken off by a stop of the box leave no failure behind', async () => {
    let fail: (error: Error) => void = () => undefined;
    work = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    const runner = start(pipeline('one'));
    await pass(SECOND);
    const closed = runner.close();
    fail(new Error('The box is stopping.'));
    await closed;
    expect(publishedOf('ml.pipeline.failed')).toEqual([]);
    expect(reported).toEqual([]);
    await pass(HOUR);
    expect(runs).toHaveLength(1);
  });

  test('that are not there are refused by name', async () => {
    const runner = start(pipeline('one'));
    await expect(runner.run('two')).rejects.toThrow('There is no pipeline "two" here. There are: one.');
    await runner.close();
  });
});
