import { describe, expect, test } from 'vitest';
import { LANES } from '../core/event.ts';
import { avroSchemaOf } from './avro.ts';
import { catalog, definitions } from './catalog.ts';
import { jsonSchemaOf } from './json-schema.ts';

/** The canonical 40 and, marked, the 5 extensions of the order saga. */
const canonical = {
  transactional: [
    ...['dealer.created', 'dealer.updated', 'product.updated', 'inventory.changed', 'order.placed'],
    ...['shipment.dispatched', 'price.changed', 'promotion.activated', 'ticket.created', 'feedback.submitted'],
  ],
  ml: [
    ...['feature.updated', 'model.trained', 'model.deployed', 'model.performance.reported', 'model.drift.detected'],
    ...['embedding.generated', 'embedding.drift.alert', 'forecast.generated', 'forecast.error.reported'],
    'recommender.output',
  ],
  genai: [
    ...['llm.prompt.requested', 'llm.response.generated', 'llm.feedback.received', 'prompt.template.updated'],
    ...['fine_tune.started', 'fine_tune.completed', 'genai.cost.metric', 'prompt.evaluation.completed'],
    ...['context.embedding.requested', 'context.embedding.updated'],
  ],
  ops: [
    ...['data.pipeline.started', 'data.validation.failed', 'data.contract.violation', 'ml.pipeline.failed'],
    ...['drift.alert', 'incident.created', 'incident.resolved', 'metric.anomaly.detected', 'cost.spike.detected'],
    'audit.event.logged',
  ],
};
const extensions = ['order.accepted', 'order.rejected', 'order.cancelled', 'payment.authorized', 'payment.declined'];

/** What people wait for, besides the transactional layer. */
const live = [
  ...['llm.prompt.requested', 'llm.response.generated', 'llm.feedback.received'],
  ...['incident.created', 'incident.resolved', 'data.contract.violation'],
];

describe('the catalogue', () => {
  test.each(Object.entries(canonical))('has the canonical types of the layer %s, and no others', (layer, types) => {
    const found = definitions.filter((each) => each.layer === layer && !each.extension).map((each) => each.type);
    expect(found.toSorted()).toEqual(types.toSorted());
    expect(types).toHaveLength(10);
  });

  test('has the five extensions, and no others', () => {
    const found = definitions.filter((each) => each.extension).map((each) => each.type);
    expect(found.toSorted()).toEqual(extensions.toSorted());
  });

  test('names each type once, 45 in all', () => {
    expect(definitions).toHaveLength(45);
    expect(catalog.size).toBe(45);
  });

  test('puts what people wait for in the live lane, and everything else in bulk', () => {
    const found = definitions.filter((each) => each.lane === 'live' && each.layer !== 'transactional');
    expect(found.map((each) => each.type).toSorted()).toEqual(live.toSorted());
    expect(definitions.filter((each) => each.layer === 'transactional' && each.lane !== 'live')).toEqual([]);
  });

  test('gives every record of every Avro schema a name of its own', () => {
    const names = [...catalog.values()].flatMap((each) => {
      const names = JSON.stringify(avroSchemaOf(each)).matchAll(/"type":"record","name":"(\w+)"/g);
      return Array.from(names, (match) => `${each.layer}.${match[1]}`);
    });
    expect(names.length).toBeGreaterThan(45);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each([...catalog.values()])('$type', (definition) => {
  test('says what it is for, who makes it and who reads it', () => {
    expect(definition.purpose).toMatch(/^[A-Z].{20,}\.$/);
    expect(definition.producer).toMatch(/^[a-z][a-z-]+$/);
    expect(definition.consumers.length).toBeGreaterThan(0);
    for (const consumer of definition.consumers) expect(consumer).toMatch(/^[a-z][a-z-]+$/);
    expect(definition.patterns.length).toBeGreaterThan(0);
    expect(LANES).toContain(definition.lane);
    expect(['up', 'down', 'both']).toContain(definition.direction);
  });

  test('has an example that is valid, loses nothing in parsing and names its aggregate', () => {
    expect(definition.schema.parse(definition.example)).toEqual(definition.example);
    expect(definition.subject(definition.example)).toMatch(/^\S.{0,255}$/);
  });

  test('marks personal fields that exist, and can be written as JSON Schema and Avro', () => {
    const marked = JSON.stringify(jsonSchemaOf(definition)).split('"x-personal":true').length - 1;
    expect(marked).toBe(definition.personal.length);
    expect(avroSchemaOf(definition).namespace).toBe(`dealeriq.${definition.layer}`);
  });

  test('can be read in every older version', () => {
    for (let version = 1; version < definition.version; version += 1) {
      expect(definition.upcasts[version]).toBeTypeOf('function');
      expect(definition.olderExamples[version]).toBeDefined();
    }
  });
});
