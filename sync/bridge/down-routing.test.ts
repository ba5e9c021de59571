import { describe, expect, it } from 'vitest';
import { definitionOf, definitions } from '../../src/events/catalog.ts';
import { downTopics, routeDown } from './down-routing.ts';

const definition = (type: string) => {
  const found = definitionOf(type);
  if (found === undefined) throw new Error(`No ${type}.`);
  return found;
};
const attributes = (type: string, changes: Record<string, string | undefined> = {}) => {
  const all = { specversion: '1.0', id: 'e-1', source: 'urn:dealeriq:centre:erp', type, ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, string>;
};
const route = (type: string, changes: Record<string, string | undefined> = {}, key?: string) =>
  routeDown(definition(type), attributes(type, changes), key);

const OF_ONE_DEALER = [
  'dealer.created',
  'dealer.updated',
  'inventory.changed',
  'order.accepted',
  'order.rejected',
  'order.cancelled',
  'payment.authorized',
  'payment.declined',
  'shipment.dispatched',
  'llm.response.generated',
];
const comingDown = definitions.filter(({ direction }) => direction !== 'up').map(({ type }) => type);
const FOR_EVERYBODY = comingDown.filter((type) => !OF_ONE_DEALER.includes(type));

describe('downTopics', () => {
  it('names the topic of every type that the centre makes, and of no other', () => {
    expect([...downTopics('acme').keys()].toSorted()).toEqual(comingDown.map((type) => `acme.${type}`).toSorted());
    expect(downTopics('acme').get('acme.price.changed')).toBe(definition('price.changed'));
    expect(downTopics('acme').has('acme.order.placed')).toBe(false);
  });
});

describe('routeDown', () => {
  it.each(comingDown)('tells %s to the one dealer that it names', (type) => {
    expect(route(type, { dealerid: 'D042' }, 'D042')).toMatchObject({
      outcome: 'route',
      subject: `dealeriq.down.D042.${type}`,
      dealerId: 'D042',
    });
  });

  it('knows for every type whether all may be told', () => {
    expect(FOR_EVERYBODY.toSorted()).toEqual([
      'context.embedding.updated',
      'fine_tune.completed',
      'fine_tune.started',
      'model.deployed',
      'model.trained',
      'price.changed',
      'product.updated',
      'promotion.activated',
      'prompt.template.updated',
    ]);
  });

  it.each(FOR_EVERYBODY)('tells %s to everybody when it names no dealer', (type) => {
    expect(route(type, {}, 'HOSE')).toMatchObject({ outcome: 'route', subject: `dealeriq.down.all.${type}` });
  });

  it.each(OF_ONE_DEALER)('never tells %s to everybody', (type) => {
    expect(route(type, {}, 'D042')).toMatchObject({ outcome: 'refused', reasonCode: 'not-permitted' });
  });

  it.each(['all', 'D042.>', '*', 'D 42', ''])('takes %j for no dealer', (dealerid) => {
    expect(route('price.changed', { dealerid })).toMatchObject({ outcome: 'refused', reasonCode: 'invalid-envelope' });
  });

  it('refuses an event of one dealer under the key of another', () => {
    expect(route('order.accepted', { dealerid: 'D042' }, 'D043')).toMatchObject({ reasonCode: 'not-permitted' });
    expect(route('order.accepted', { dealerid: 'D042' })).toMatchObject({ outcome: 'route' });
    // A price for one dealer may be keyed by what it is the price of.
    expect(route('price.changed', { dealerid: 'D042' }, 'HOSE')).toMatchObject({ outcome: 'route' });
  });

  it('leaves alone what the bridge itself brought up', () => {
    const source = 'urn:dealeriq:dealer:D042:B1';
    expect(route('inventory.changed', { source, dealerid: 'D042' }, 'D042')).toEqual({ outcome: 'echo' });
    expect(route('price.changed', { source, dealerid: 'D042' })).toMatchObject({ reasonCode: 'wrong-direction' });
  });

  it('refuses types that only dealers make, that nobody knows, and that belong in another topic', () => {
    const at = (type: string) => routeDown(definition('price.changed'), attributes(type, { dealerid: 'D042' }), 'D042');
    expect(at('order.placed')).toMatchObject({ reasonCode: 'wrong-direction' });
    expect(at('price.invented')).toMatchObject({ reasonCode: 'unknown-type' });
    expect(at('product.updated')).toMatchObject({ reasonCode: 'invalid-envelope' });
  });

  it('passes a version that is newer than the catalogue, and refuses a schema of something else', () => {
    expect(route('price.changed', { dataschema: 'urn:dealeriq:schema:price.changed:99' })).toMatchObject({
      outcome: 'route',
      version: 99,
    });
    expect(route('price.changed')).toMatchObject({ version: definition('price.changed').version });
    expect(route('price.changed', { dataschema: 'urn:dealeriq:schema:order.placed:1' })).toMatchObject({
      reasonCode: 'unknown-version',
    });
  });

  it.each([
    [{ specversion: '0.3' }, '/specversion'],
    [{ id: undefined }, '/id'],
    [{ id: '' }, '/id'],
    [{ source: 'x'.repeat(301) }, '/source'],
    [{ time: 'yesterday' }, '/time'],
  ])('refuses %j as the dealers would', (changes, pointer) => {
    expect(route('price.changed', changes)).toMatchObject({
      reasonCode: 'invalid-envelope',
      violations: [{ pointer }],
    });
  });
});
