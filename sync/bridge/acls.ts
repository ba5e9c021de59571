import { EdgeError } from '../../src/core/errors.ts';
import { definitions } from '../../src/events/catalog.ts';
import { kafkaTopic } from '../../src/events/names.ts';
import { checkpointTopic } from './checkpoint.ts';
import { type AclRule, type KafkaAdmin, KafkaError } from './kafka.ts';
import { deadLetterStatusTopic } from './topic-list.ts';

/**
 * Who may do what in Kafka, least privilege: https://kafka.apache.org/documentation/#security_authz. Read and write on a
 * topic include describe; a producer with write on a topic needs no cluster-wide idempotent-write (KIP-679).
 *
 * - `bridge`: writes events, dead letters and its checkpoint; reads what goes down, and the checkpoint.
 * - `consumer`: data engineers; reads every topic, in groups that begin with `<prefix>-consumer`.
 * - `centre`: the centre's services; write what goes down, nothing else.
 * - `operator`: dead letters and replay; reads every topic, writes events again and what became of dead letters.
 */
export const ROLES = ['bridge', 'consumer', 'centre', 'operator'] as const;
export type KafkaRole = (typeof ROLES)[number];

/** The name of a principal for each role that is to be let in, such as `User:bridge`. Several may share a role. */
export type Principals = readonly { readonly role: KafkaRole; readonly principal: string }[];

/** What is to happen to a rule. `extra` is a rule of one of the principals that it does not need: it is only shown. */
export interface AclStep {
  readonly rule: AclRule;
  readonly action: 'create' | 'keep' | 'extra';
}

/**
 * The rules for the given principals.
 * @throws {EdgeError} `invalid-config` for what is not a principal, or is everybody.
 */
export function aclRules(principals: Principals, prefix: string): readonly AclRule[] {
  const rules = principals.flatMap(({ role, principal }) => {
    if (!/^[A-Za-z]+:.+$/.test(principal) || principal.endsWith(':*')) {
      throw new EdgeError(
        'invalid-config',
        `"${principal}" is not one principal for the role ${role}: write it as Kafka does, such as User:${role}. Everybody (User:*) is not let in.`,
      );
    }
    return rulesOf(role, prefix).map((rule) => ({ principal, ...rule }));
  });
  return [...new Map(rules.map((rule) => [keyOf(rule), rule])).values()];
}

type Rule = Omit<AclRule, 'principal'>;

function rulesOf(role: KafkaRole, prefix: string): readonly Rule[] {
  const down = definitions
    .filter(({ direction }) => direction !== 'up')
    .map(({ type }) => topic(kafkaTopic(type, prefix)));
  const every: Rule = { resource: 'topic', name: `${prefix}.`, pattern: 'prefixed', operation: 'read' };
  const transactions: Rule = {
    resource: 'transactional-id',
    name: `${prefix}-${role}`,
    pattern: 'prefixed',
    operation: 'write',
  };
  const groups: Rule = { resource: 'group', name: `${prefix}-${role}`, pattern: 'prefixed', operation: 'read' };
  switch (role) {
    case 'bridge':
      return [
        { ...every, operation: 'write' },
        ...down.map((one): Rule => ({ ...one, operation: 'read' })),
        { ...topic(checkpointTopic(prefix)), operation: 'read' },
        transactions,
        groups,
      ];
    case 'consumer':
      return [every, groups];
    case 'centre':
      return [...down.map((one): Rule => ({ ...one, operation: 'write' })), transactions];
    case 'operator':
      return [
        every,
        ...definitions.map(({ type }): Rule => ({ ...topic(kafkaTopic(type, prefix)), operation: 'write' })),
        { ...topic(deadLetterStatusTopic(prefix)), operation: 'write' },
        transactions,
      ];
  }
}

function topic(name: string): Omit<Rule, 'operation'> {
  return { resource: 'topic', name, pattern: 'literal' };
}

/**
 * Compares the rules that there are with those that the principals need; changes nothing.
 * @throws {EdgeError} `invalid-config` when the brokers have no authorizer. @throws {KafkaError} what the admin throws.
 */
export async function planAcls(
  admin: Pick<KafkaAdmin, 'acls'>,
  principals: Principals,
  prefix: string,
): Promise<readonly AclStep[]> {
  const wanted = aclRules(principals, prefix);
  if (wanted.length === 0) return [];
  const existing = await existingRules(admin);
  const has = new Set(existing.map(keyOf));
  const needed = new Set(wanted.map(keyOf));
  const names = new Set(wanted.map(({ principal }) => principal));
  return [
    ...wanted.map((rule): AclStep => ({ rule, action: has.has(keyOf(rule)) ? 'keep' : 'create' })),
    ...existing
      .filter((rule) => names.has(rule.principal) && !needed.has(keyOf(rule)))
      .map((rule): AclStep => ({ rule, action: 'extra' })),
  ];
}

/** Adds the rules that are missing. @throws {KafkaError} what the admin throws. */
export async function applyAcls(admin: Pick<KafkaAdmin, 'createAcls'>, plan: readonly AclStep[]): Promise<void> {
  const missing = plan.filter(({ action }) => action === 'create').map(({ rule }) => rule);
  if (missing.length > 0) await admin.createAcls(missing);
}

async function existingRules(admin: Pick<KafkaAdmin, 'acls'>): Promise<readonly AclRule[]> {
  try {
    return await admin.acls();
  } catch (error) {
    if (!(error instanceof KafkaError) || error.reason !== 'SECURITY_DISABLED') throw error;
    throw new EdgeError(
      'invalid-config',
      'These brokers have no authorizer, so everybody may do everything and rules cannot be kept. Set authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer on each broker, or leave --principal out.',
      { cause: error },
    );
  }
}

function keyOf({ principal, resource, name, pattern, operation }: AclRule): string {
  return JSON.stringify([principal, resource, name, pattern, operation]);
}
