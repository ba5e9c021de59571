import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMigrations } from '../../edge/node/migrations.ts';
import { openMemoryStore } from '../../edge/node/open-store.ts';
import { ERRORS, type ErrorCode } from '../../src/core/errors.ts';
import { schemaVersion } from '../../src/core/event.ts';
import { validatePayload } from '../../src/events/validate.ts';
import { replay } from '../../src/runtime/replay.ts';
import { readLog } from '../../src/store/log.ts';
import { type LocalTarget, openLocalTarget, stock } from '../support/http-target.ts';
import { chooseSeed } from '../support/seeded-random.ts';
import { bodyless, type FuzzCase, get, jsonPost, oversized } from './fuzz-cases.ts';
import { gatewayPost } from './fuzz-events.ts';

const CASES = Number(process.env.FUZZ_CASES ?? (process.env.CI === 'true' ? 100_000 : 10_000));

/** Cases that run at once, so that those which reach the disk share its commits. */
const WAVE = 200;

/** What is never the caller's doing. */
const OURS: ReadonlySet<string> = new Set([
  'internal',
  'storage-changed',
  'storage-conflict',
  'storage-unavailable',
  'storage-corrupt',
  'storage-full',
]);

const oneCase = fc.oneof(
  { weight: 300, arbitrary: jsonPost },
  { weight: 120, arbitrary: gatewayPost },
  { weight: 200, arbitrary: get },
  { weight: 40, arbitrary: bodyless },
  { weight: 1, arbitrary: oversized },
);

describe(`hostile requests, ${CASES} of them`, () => {
  const seed = chooseSeed();
  let target: LocalTarget;
  const unhandled: unknown[] = [];
  const remember = (error: unknown) => unhandled.push(error);
  const statuses = new Map<number, number>();

  beforeAll(async () => {
    target = await stock(await openLocalTarget());
    process.on('unhandledRejection', remember);
  });

  afterAll(async () => {
    process.off('unhandledRejection', remember);
    await target.close();
  });

  it(
    `are answered with a reason, and never with a fault of ours (TEST_SEED=${seed})`,
    async () => {
      const startedMs = performance.now();
      let found: readonly string[] = [];
      const property = fc.asyncProperty(fc.array(oneCase, { minLength: WAVE, maxLength: WAVE }), async (wave) => {
        const problems = await Promise.all(wave.map(problemOf));
        found = [
          ...problems.filter((problem) => problem !== undefined),
          ...target.reported.map(String),
          ...unhandled.map(String),
        ];
        return found.length === 0;
      });
      // A counterexample is a whole wave; what went wrong in it says more.
      const result = await fc.check(property, { seed, numRuns: Math.ceil(CASES / WAVE), endOnFailure: true });
      if (result.failed)
        expect.fail(
          `TEST_SEED=${seed}, wave ${result.numRuns}: ${found.slice(0, 10).join('\n')} ${result.errorInstance ?? ''}`,
        );
      const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      process.stdout.write(
        `${CASES} requests (${counts.join(', ')}), ${target.runtime.head()} events, ${Math.round((performance.now() - startedMs) / 1000)} s\n`,
      );
      // A run that only bounces off the first check says little.
      expect(target.runtime.head()).toBeGreaterThan(CASES / 20);
    },
    60_000 + CASES * 10,
  );

  it('leave a log whose own events keep their contracts', async () => {
    const broken: string[] = [];
    for (let after = 0; ; ) {
      const events = await readLog(target.runtime.store, { after, limit: 1_000 });
      for (const event of events) {
        const validation = validatePayload(event.type, schemaVersion(event.dataschema, event.type) ?? 0, event.data);
        if (validation.outcome === 'invalid') broken.push(`${event.type} ${JSON.stringify(validation.violations)}`);
      }
      if (events.length === 0) break;
      after = events.at(-1)?.position ?? after;
    }
    expect(broken.slice(0, 10)).toEqual([]);
  }, 120_000);

  it('leave read models that are what the log says', async () => {
    const { projections } = await replay(
      target.runtime,
      { into: 'evaluation', dryRun: false },
      { migrations: readMigrations(), openScratch: openMemoryStore },
    );
    expect(projections.filter((one) => one.same !== true).map((one) => one.name)).toEqual([]);
  }, 240_000);

  it.each(['orders', 'products', 'inventory', 'tickets', 'dlq'])(
    'leave /v1/%s readable to the end',
    async (list) => {
      let cursor = '';
      do {
        const response = await target.fetch(`/v1/${list}?limit=500${cursor}`);
        expect(response.status).toBe(200);
        const { nextCursor } = (await response.json()) as { nextCursor?: string };
        cursor = nextCursor === undefined ? '' : `&cursor=${nextCursor}`;
      } while (cursor !== '');
    },
    120_000,
  );

  /** What is wrong with the answer to a case. */
  async function problemOf({ method, path, headers, body }: FuzzCase): Promise<string | undefined> {
    const response = await target.fetch(path, {
      method,
      headers,
      ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body: body as BodyInit }),
    });
    const { status } = response;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const type = response.headers.get('content-type') ?? '';
    const name = `${method} ${path} ${status}`;
    if (status < 400 || method === 'HEAD') {
      await response.body?.cancel();
      return status < 500 ? undefined : name;
    }
    const answer = (await response.json()) as { type?: string; status?: unknown; reasonCode?: string };
    // The gateway answers for the event, not for the request.
    if (path === '/v1/events' && status === 422 && answer.status === 'refused' && answer.reasonCode !== undefined)
      return undefined;
    const code = answer.type?.replace('urn:dealeriq:problem:', '') ?? '';
    const sound =
      type === 'application/problem+json' &&
      answer.status === status &&
      code in ERRORS &&
      ERRORS[code as ErrorCode].status === status &&
      status < 500 &&
      !OURS.has(code);
    return sound
      ? undefined
      : `${name}: ${JSON.stringify(answer).slice(0, 300)}; sent ${JSON.stringify(headers).slice(0, 300)} ${String(body).slice(0, 300)}`;
  }
});
