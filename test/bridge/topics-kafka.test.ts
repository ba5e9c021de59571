import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../edge/node/config.ts';
import { openKafka } from '../../edge/node/kafka.ts';
import { definitions } from '../../src/events/catalog.ts';
import { type Kafka, KafkaError, type KafkaRecord } from '../../sync/bridge/kafka.ts';
import { runCli } from '../support/cli-process.ts';
import { type KafkaCluster, kafkaClusterOrSkip, startKafkaCluster } from '../support/kafka-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const binary = await kafkaClusterOrSkip();
const PASSWORD = 'correct horse battery';
const PRINCIPALS = 'bridge=User:bridge,consumer=User:data,centre=User:pricing,operator=User:ops';
const CHECKPOINT = 'dealeriq.bridge.checkpoint';

/** A day in the year 2100: no broker takes it as a record's own time. */
const FAR_AHEAD_MS = Date.UTC(2100, 0, 1);

describe.skipIf(binary === undefined)('topics of a real broker', () => {
  const folder = temporaryFolder();
  let cluster: KafkaCluster;
  let root: Kafka;
  const open: Kafka[] = [];

  beforeAll(async () => {
    if (binary === undefined) return;
    const path = (name: string) => join(folder.path, name);
    const subject = ['-subj', '/CN=Kafka', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', path('key.pem'), '-out', path('cert.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
      stdio: 'pipe',
    });
    const secure = { certificate: readFileSync(path('cert.pem'), 'utf8'), key: readFileSync(path('key.pem'), 'utf8') };
    const users = ['bridge', 'data', 'pricing', 'ops', 'nobody'].map((name) => ({ name, password: PASSWORD }));
    cluster = await startKafkaCluster(binary, { secure, users });
    root = await connect({ KAFKA_BROKERS: cluster.broker });
  }, 60_000);

  afterAll(async () => {
    await Promise.all(open.map((kafka) => kafka.close()));
    await cluster?.dispose();
    folder.remove();
  });

  async function connect(environment: Record<string, string>): Promise<Kafka> {
    const kafka = await openKafka((await loadConfig(environment, folder.path)).config);
    open.push(kafka);
    return kafka;
  }

  /** Signed in by SCRAM over TLS. */
  const as = (user: string, password = PASSWORD) =>
    connect({
      KAFKA_BROKERS: cluster.secureBroker,
      KAFKA_SECURITY: 'tls',
      KAFKA_CA: join(folder.path, 'cert.pem'),
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_USERNAME: user,
      KAFKA_PASSWORD: password,
    });

  async function topics(...args: string[]) {
    const env = { KAFKA_BROKERS: cluster.broker };
    const { status, stdout, stderr } = await runCli(['topics', ...args, '--json'], { cwd: folder.path, env });
    if (status !== 0) return { status, stderr, steps: [], rules: [] };
    const { topics: steps, acls: rules } = JSON.parse(stdout) as {
      topics: { topic: string; action: string; why: string }[];
      acls: { action: string }[];
    };
    return { status, stderr, steps, rules };
  }
  const actions = (steps: readonly { action: string }[]) => [...new Set(steps.map(({ action }) => action))];

  const record = (topic: string, more: Partial<KafkaRecord> = {}): KafkaRecord => ({
    ...{ topic, key: 'D042', value: new TextEncoder().encode(topic), headers: {} },
    ...more,
  });

  /** One transaction; `done`, or the code with which Kafka refused. */
  async function write(kafka: Kafka, transactionalId: string, records: readonly KafkaRecord[]): Promise<string> {
    try {
      const producer = await kafka.producer(transactionalId);
      try {
        await producer.begin();
        await producer.send(records);
        await producer.commit();
      } finally {
        await producer.close();
      }
      // A commit is answered before it can be read; the id opens again only once it can.
      await (await kafka.producer(transactionalId)).close();
      return 'done';
    } catch (error) {
      if (error instanceof KafkaError) return error.code;
      throw error;
    }
  }

  async function read(kafka: Kafka, topic: string, partitions: number): Promise<string[] | string> {
    try {
      const reader = kafka.reader();
      const found: string[] = [];
      for (let partition = 0; partition < partitions; partition += 1) {
        const messages = await reader.readToEnd(topic, partition, 0n);
        found.push(...messages.map(({ value }) => new TextDecoder().decode(value)));
      }
      return found;
    } catch (error) {
      if (error instanceof KafkaError) return error.code;
      throw error;
    }
  }

  it('are planned without a change, made, and then kept', async () => {
    const planned = await topics('plan', '--principal', PRINCIPALS);
    expect(actions(planned.steps)).toEqual(['create']);
    expect(await root.admin().topics()).toEqual([]);
    const made = await topics('apply', '--principal', PRINCIPALS);
    expect(actions([...made.steps, ...made.rules])).toEqual(['create']);
    expect(await root.admin().topics()).toHaveLength(definitions.length + 3);
    const again = await topics('apply', '--principal', PRINCIPALS);
    expect(actions([...again.steps, ...again.rules])).toEqual(['keep']);
    const [checkpoint] = await root.admin().topics([CHECKPOINT]);
    expect(checkpoint).toMatchObject({ partitions: 8, config: { 'cleanup.policy': 'compact' } });
  });

  it('get back the retention that somebody changed', async () => {
    const topic = 'dealeriq.order.placed';
    await root.admin().setConfig(topic, { 'retention.ms': '60000' });
    const { steps } = await topics('apply');
    const changed = steps.filter(({ action }) => action !== 'keep');
    expect(changed).toMatchObject([{ topic, action: 'set-config', why: 'retention.ms: 60000 → 31536000000' }]);
    expect((await root.admin().topics([topic]))[0]?.config['retention.ms']).toBe('31536000000');
  });

  it('never change the number of shards', async () => {
    const { status, stderr } = await topics('apply', '--shards', '9', '--partitions', '4');
    expect(status).toBe(2);
    expect(stderr).toContain('Use --shards 8');
    expect((await root.admin().topics([CHECKPOINT, 'dealeriq.dlq'])).map(({ partitions }) => partitions)).toEqual([
      8, 3,
    ]);
  });

  it('take records whose time is wrong, and give them the time of the broker', async () => {
    const topic = 'dealeriq.ticket.created';
    expect(await write(root, 'root', [record(topic, { partition: 0, timestampMs: FAR_AHEAD_MS })])).toBe('done');
    const [message] = await root.reader().readToEnd(topic, 0, 0n);
    expect(Math.abs((message?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('let the bridge write events with its checkpoint, read it back, and share its shards out', async () => {
    const bridge = await as('bridge');
    const events = ['dealeriq.order.placed', 'dealeriq.dlq'].map((topic) => record(topic));
    const checkpoint = record(CHECKPOINT, { partition: 3, key: 'up/D042/B1/live' });
    expect(await write(bridge, 'dealeriq-bridge-up-3', [...events, checkpoint])).toBe('done');
    expect(await read(bridge, CHECKPOINT, 8)).toEqual([CHECKPOINT]);
    expect(await read(bridge, 'dealeriq.product.updated', 3)).toEqual([]);
    const stop = new AbortController();
    let given: readonly number[] = [];
    await bridge.membership('dealeriq-bridge', CHECKPOINT).run(async (partitions) => {
      // Leaving takes them away again.
      if (partitions.length === 0) return;
      given = partitions;
      stop.abort();
    }, stop.signal);
    expect(given).toHaveLength(8);
  });

  it('keep the bridge from what is not its own', async () => {
    const bridge = await as('bridge');
    await root.admin().createTopics([{ name: 'payroll.salaries', partitions: 1, replicationFactor: 1, config: {} }]);
    expect(await write(bridge, 'dealeriq-bridge-up-0', [record('payroll.salaries')])).toBe('unauthorized');
    expect(await write(bridge, 'payroll-1', [record('dealeriq.order.placed')])).toBe('unauthorized');
    expect(await read(bridge, 'payroll.salaries', 1)).toBe('unauthorized');
    expect(await read(bridge, 'dealeriq.order.placed', 3)).toBe('unauthorized');
  });

  it('let consumers read all and write nothing', async () => {
    const data = await as('data');
    expect(await read(data, 'dealeriq.order.placed', 3)).toEqual(['dealeriq.order.placed']);
    expect(await write(data, 'dealeriq-consumer-1', [record('dealeriq.order.placed')])).toBe('unauthorized');
    expect(await read(data, 'payroll.salaries', 1)).toBe('unauthorized');
  });

  it('let services of the centre write what goes down, and nothing that comes from dealers', async () => {
    const pricing = await as('pricing');
    expect(await write(pricing, 'dealeriq-centre-1', [record('dealeriq.price.changed')])).toBe('done');
    expect(await write(pricing, 'dealeriq-centre-1', [record('dealeriq.order.placed')])).toBe('unauthorized');
    expect(await write(pricing, 'dealeriq-bridge-up-0', [record('dealeriq.price.changed')])).toBe('unauthorized');
    expect(await read(pricing, 'dealeriq.price.changed', 3)).toBe('unauthorized');
  });

  it('let operators answer dead letters, and keep them from the checkpoint', async () => {
    const ops = await as('ops');
    const answer = [record('dealeriq.order.placed'), record('dealeriq.dlq.status')];
    expect(await write(ops, 'dealeriq-operator-1', answer)).toBe('done');
    expect(await read(ops, 'dealeriq.dlq', 3)).toEqual(['dealeriq.dlq']);
    expect(await write(ops, 'dealeriq-operator-1', [record(CHECKPOINT, { partition: 0 })])).toBe('unauthorized');
  });

  it('are closed to who has no rule, and to a wrong password', async () => {
    const nobody = await as('nobody');
    expect(await read(nobody, 'dealeriq.order.placed', 3)).toBe('unauthorized');
    await expect(as('bridge', 'wrong')).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
