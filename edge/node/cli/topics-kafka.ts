import { EdgeError } from '../../../src/core/errors.ts';
import { applyAcls, type KafkaRole, type Principals, planAcls, ROLES } from '../../../sync/bridge/acls.ts';
import type { AclRule, Kafka } from '../../../sync/bridge/kafka.ts';
import { AGED_KINDS, type AgedKind } from '../../../sync/bridge/topic-list.ts';
import { applyTopics, planTopics, type TopicOptions } from '../../../sync/bridge/topics.ts';
import type { Config } from '../config.ts';
import { brokerCount, explainKafka, openKafka } from '../kafka.ts';
import type { Section } from './topics-section.ts';

/** What an operator may choose of the topics. */
export interface KafkaChoices extends Omit<TopicOptions, 'prefix' | 'replicationFactor'> {
  readonly replicationFactor?: number | undefined;
  readonly principals: Principals;
}

/** Replicas where nothing else is asked for, and the cluster has as many brokers. */
const REPLICAS_DEFAULT = 3;

/**
 * The topics of Kafka and the rules of the principals. A plan also shows what would be refused.
 * @throws {EdgeError} `invalid-config` when something is refused, or saying what stopped it.
 */
export async function provisionKafka(config: Config, brokers: string, choices: KafkaChoices, dryRun: boolean) {
  let kafka: Kafka | undefined;
  try {
    kafka = await openKafka(config, 'dealeriq-topics');
    const admin = kafka.admin();
    const { principals, replicationFactor: asked, ...rest } = choices;
    const replicationFactor = asked ?? Math.min(REPLICAS_DEFAULT, await brokerCount(config));
    const topics = await planTopics(admin, { ...rest, prefix: config.KAFKA_PREFIX, replicationFactor });
    const acls = await planAcls(admin, principals, config.KAFKA_PREFIX);
    if (!dryRun) {
      await applyTopics(admin, topics);
      await applyAcls(admin, acls);
    }
    const sections: Section[] = [
      {
        title: `Kafka at ${brokers}: topics ${config.KAFKA_PREFIX}.*`,
        rows: topics.map(({ action, topic, why }) => ({ action, what: topic, why })),
      },
    ];
    if (acls.length > 0) {
      sections.push({
        title: `Kafka at ${brokers}: access rules`,
        rows: acls.map(({ action, rule }) => ({
          action,
          what: ruleText(rule),
          why: action === 'extra' ? 'not of this plan, and left as it is' : '',
        })),
      });
    }
    return { topics, acls, sections };
  } catch (error) {
    throw explainKafka(brokers, error);
  } finally {
    await kafka?.close();
  }
}

function ruleText({ principal, operation, resource, name, pattern }: AclRule): string {
  return `${principal} may ${operation} ${resource} ${name}${pattern === 'prefixed' ? '*' : ''}`;
}

/**
 * The principals of `--principal bridge=User:bridge`, given several times or with commas. Names of certificates hold
 * commas themselves, so a comma parts only where a role follows.
 * @throws {EdgeError} `invalid-request` for what is not ROLE=PRINCIPAL.
 */
export function principalsOf(values: readonly string[]): Principals {
  const comma = new RegExp(`,(?=(?:${ROLES.join('|')})=)`);
  return values
    .flatMap((value) => value.split(comma))
    .map((value) => {
      const [, name = '', principal = ''] = /^([^=]*)=(.*)$/s.exec(value.trim()) ?? [];
      const role = ROLES.find((one): one is KafkaRole => one === name);
      if (role !== undefined && principal !== '') return { role, principal };
      throw new EdgeError(
        'invalid-request',
        `--principal ${value}: say a role and its principal, such as bridge=User:bridge. Roles: ${ROLES.join(', ')}.`,
      );
    });
}

/**
 * The days of `--retention live=730,bulk=30`.
 * @throws {EdgeError} `invalid-request` for what is not KIND=DAYS.
 */
export function retentionOf(value: string): Readonly<Partial<Record<AgedKind, number>>> {
  return Object.fromEntries(
    listOf(value).map((one) => {
      const [, name = '', days = ''] = /^(\w+)=(\d{1,5})$/.exec(one) ?? [];
      const kind = AGED_KINDS.find((known) => known === name);
      if (kind !== undefined && Number(days) > 0) return [kind, Number(days)];
      throw new EdgeError(
        'invalid-request',
        `--retention ${one}: say a kind and days, such as live=730. Kinds: ${AGED_KINDS.join(', ')}.`,
      );
    }),
  );
}

/** A positive whole number, or `undefined` where none was given. @throws {EdgeError} `invalid-request` for others. */
export function countOf(option: string, value: string | undefined, max: number): number | undefined {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (/^\d+$/.test(value) && count >= 1 && count <= max) return count;
  throw new EdgeError('invalid-request', `--${option} ${value}: say a whole number from 1 to ${max}.`);
}

/** The parts of a list with commas. */
export function listOf(value: string): readonly string[] {
  return value.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

/** Every value of an option that may be given several times; the parser keeps the last only. */
export function everyValue(option: string, rawArgs: readonly string[]): readonly string[] {
  return rawArgs.flatMap((arg, index) => {
    if (arg === `--${option}`) return rawArgs[index + 1] ?? [];
    return arg.startsWith(`--${option}=`) ? arg.slice(option.length + 3) : [];
  });
}
