import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import { checkDealerId } from '../../../sync/jetstream/credentials.ts';
import { loadConfig } from '../config.ts';
import { registryOptions } from '../kafka.ts';
import { printResult } from './output.ts';
import { credentials, keys, revokeCommand, rotate, serverConfigCommand, users } from './topics-credentials.ts';
import { countOf, everyValue, listOf, principalsOf, provisionKafka, retentionOf } from './topics-kafka.ts';
import { provisionHub } from './topics-nats.ts';
import { provisionRegistry } from './topics-registry.ts';
import { sectionLines } from './topics-section.ts';

const shared = {
  'dealers': { type: 'string', description: 'NATS: ids of dealers, with commas, such as D042,D017', default: '' },
  'partitions': { type: 'string', description: 'Kafka: partitions of a topic that is made; 3 unless given' },
  'replication': { type: 'string', description: 'Kafka: replicas; 3 unless given, or as many as there are brokers' },
  'shards': { type: 'string', description: 'Kafka: shards of the bridge, fixed once made; 8 unless given' },
  'retention': { type: 'string', description: 'Kafka: days, such as live=730,bulk=30,dlq=365', default: '' },
  'principal': {
    type: 'string',
    description: 'Kafka: whom to let in, such as bridge=User:bridge; again for consumer, centre and operator',
  },
  'move-keys': {
    type: 'boolean',
    description: 'Kafka: add partitions although events change their partition',
    default: false,
  },
  'json': { type: 'boolean', description: 'Print JSON', default: false },
} as const;

interface Options {
  readonly 'dealers': string;
  readonly 'partitions'?: string | undefined;
  readonly 'replication'?: string | undefined;
  readonly 'shards'?: string | undefined;
  readonly 'retention': string;
  readonly 'move-keys': boolean;
  readonly 'json': boolean;
}

const plan = defineCommand({
  meta: { name: 'plan', description: 'What apply would do; changes nothing' },
  args: shared,
  run: ({ args, rawArgs }) => runProvision(args, rawArgs, true),
});

const apply = defineCommand({
  meta: {
    name: 'apply',
    description: 'Make streams, topics, rules and schemas what they have to be; running it again changes nothing',
  },
  args: shared,
  run: ({ args, rawArgs }) => runProvision(args, rawArgs, false),
});

/** Does NATS, Kafka and the schema registry, each where its setting is there. */
async function runProvision(args: Options, rawArgs: readonly string[], dryRun: boolean): Promise<void> {
  const { config } = await loadConfig();
  const { NATS_URL: nats, KAFKA_BROKERS: brokers } = config;
  const registry = registryOptions(config);
  if (nats === undefined && brokers === undefined && registry === undefined) {
    throw new EdgeError(
      'invalid-config',
      'None of NATS_URL, KAFKA_BROKERS and SCHEMA_REGISTRY_URL is set: they say what to set up, such as nats://127.0.0.1:4222, 127.0.0.1:9092 and http://127.0.0.1:8081.',
    );
  }
  const dealerIds = listOf(args.dealers);
  for (const id of dealerIds) checkDealerId(id);
  const partitions = countOf('partitions', args.partitions, 1_000);
  const shards = countOf('shards', args.shards, 1_000);
  const choices = {
    ...(partitions === undefined ? {} : { partitions }),
    ...(shards === undefined ? {} : { shards }),
    replicationFactor: countOf('replication', args.replication, 32),
    retentionDays: retentionOf(args.retention),
    moveKeys: args['move-keys'],
    principals: principalsOf(everyValue('principal', rawArgs)),
  };
  const hub = nats === undefined ? undefined : await provisionHub(config, nats, dealerIds, dryRun);
  const kafka = brokers === undefined ? undefined : await provisionKafka(config, brokers, choices, dryRun);
  const schemas = registry === undefined ? undefined : await provisionRegistry(config, registry, dryRun);
  const result = {
    dryRun,
    ...(hub === undefined ? {} : { server: hub.server, done: hub.done }),
    ...(kafka === undefined ? {} : { topics: kafka.topics, acls: kafka.acls }),
    ...(schemas === undefined ? {} : { subjects: schemas.subjects }),
  };
  const sections = [hub?.section, ...(kafka?.sections ?? []), schemas?.section].filter((one) => one !== undefined);
  printResult(args.json, result, () => sectionLines(sections, dryRun));
}

export const topics = defineCommand({
  meta: { name: 'topics', description: 'NATS, Kafka and the schema registry: what there is, and who may use it' },
  subCommands: {
    plan,
    apply,
    keys,
    credentials,
    rotate,
    revoke: revokeCommand,
    users,
    'server-config': serverConfigCommand,
  },
});
