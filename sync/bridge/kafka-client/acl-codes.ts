import type { Acl, AclFilter } from '@platformatic/kafka';
import type { AclRule } from '../kafka.ts';

/** Access rules as the protocol numbers them (org.apache.kafka.common.acl, org.apache.kafka.common.resource). */

const RESOURCES = { 'topic': 2, 'group': 3, 'cluster': 4, 'transactional-id': 5 } as const;
const PATTERNS = { literal: 3, prefixed: 4 } as const;
const OPERATIONS = {
  'read': 3,
  'write': 4,
  'create': 5,
  'describe': 8,
  'describe-configs': 10,
  'idempotent-write': 12,
} as const;
const ANY = 1;
const ALLOW = 3;
const ANY_HOST = '*';

export const EVERY_ALLOW_RULE: AclFilter = {
  resourceType: ANY,
  resourceName: null,
  resourcePatternType: ANY,
  principal: null,
  host: null,
  operation: ANY,
  permissionType: ALLOW,
};

export function aclOf(rule: AclRule): Acl {
  return {
    resourceType: RESOURCES[rule.resource],
    resourceName: rule.name,
    resourcePatternType: PATTERNS[rule.pattern],
    principal: rule.principal,
    host: ANY_HOST,
    operation: OPERATIONS[rule.operation],
    permissionType: ALLOW,
  };
}

/** `undefined` for a rule of a kind that is not used here, such as one for a single host. */
export function ruleOf(acl: Acl): AclRule | undefined {
  const resource = nameOf(RESOURCES, acl.resourceType);
  const pattern = nameOf(PATTERNS, acl.resourcePatternType);
  const operation = nameOf(OPERATIONS, acl.operation);
  if (resource === undefined || pattern === undefined || operation === undefined || acl.host !== ANY_HOST) return;
  return { principal: acl.principal, resource, name: acl.resourceName, pattern, operation };
}

function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number): Name | undefined {
  return (Object.keys(codes) as Name[]).find((name) => codes[name] === code);
}
