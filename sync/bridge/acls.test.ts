import { describe, expect, it } from 'vitest';
import { codeOf } from '../../test/support/code-of.ts';
import { aclRules, type Principals, planAcls, ROLES } from './acls.ts';
import { type AclRule, KafkaError } from './kafka.ts';

const principals: Principals = ROLES.map((role) => ({ role, principal: `User:${role}` }));
const bridge: Principals = [{ role: 'bridge', principal: 'User:b' }];

describe('the rules of principals', () => {
  it('name nothing outside the prefix', () => {
    const names = aclRules(principals, 'site').map(({ name }) => name);
    expect(names.filter((name) => !/^site[.-]/.test(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(50);
  });

  it('let consumers write nothing, and the centre write only what goes down', () => {
    const rules = aclRules(principals, 'site');
    const writes = (principal: string) =>
      rules.filter((rule) => rule.principal === principal && rule.operation === 'write' && rule.resource === 'topic');
    expect(writes('User:consumer')).toEqual([]);
    const centre = writes('User:centre');
    expect(centre.map(({ name }) => name)).toContain('site.product.updated');
    expect(centre.map(({ name }) => name)).not.toContain('site.order.placed');
    expect(new Set(centre.map(({ pattern }) => pattern))).toEqual(new Set(['literal']));
  });

  it('are not repeated where one principal has a role twice', () => {
    expect(aclRules([...bridge, ...bridge], 'p')).toEqual(aclRules(bridge, 'p'));
  });

  it.each(['bridge', 'User:', 'User:*', ''])('are not made for %j', async (principal) => {
    const admin = { acls: async () => [] };
    expect(await codeOf(planAcls(admin, [{ role: 'bridge', principal }], 'p'))).toBe('invalid-config');
  });
});

describe('planning rules', () => {
  it('makes those that are missing, and shows those that are too many', async () => {
    const [first, ...rest] = aclRules(bridge, 'p');
    const extra: AclRule = { principal: 'User:b', resource: 'topic', name: 'x', pattern: 'literal', operation: 'read' };
    const foreign: AclRule = { ...extra, principal: 'User:somebody' };
    const steps = await planAcls({ acls: async () => [...rest, extra, foreign] }, bridge, 'p');
    expect(steps.filter(({ action }) => action === 'create')).toEqual([{ rule: first, action: 'create' }]);
    expect(steps.filter(({ action }) => action === 'extra')).toEqual([{ rule: extra, action: 'extra' }]);
    expect(steps.filter(({ action }) => action === 'keep')).toHaveLength(rest.length);
  });

  it('says so where brokers have no authorizer', async () => {
    const acls = async () => {
      throw new KafkaError('unsupported', 'no', { reason: 'SECURITY_DISABLED' });
    };
    expect(await codeOf(planAcls({ acls }, bridge, 'p'))).toBe('invalid-config');
    expect(await planAcls({ acls }, [], 'p')).toEqual([]);
  });
});
