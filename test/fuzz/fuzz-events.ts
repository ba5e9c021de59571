import fc from 'fast-check';
import { definitions } from '../../src/events/catalog.ts';
import type { FuzzCase } from './fuzz-cases.ts';
import { jsonOf, mutated, mutation, spoil, text } from './fuzz-mutations.ts';

/** Few ids, so that events meet others of the same thing. */
const id = fc.oneof(
  { weight: 6, arbitrary: fc.nat(20_000).map((number) => `fuzz-event-${number}`) },
  { weight: 1, arbitrary: text },
);

const source = fc.constantFrom(
  'urn:dealeriq:centre:fuzz',
  'urn:dealeriq:centre:fuzz',
  'urn:dealeriq:dealer:D042:B1',
  'urn:dealeriq:dealer:D777:B1',
  'elsewhere',
);

/** Events made from the catalogue's examples. */
const event = fc
  .record({
    definition: fc.constantFrom(...definitions),
    id,
    source,
    data: fc.array(mutation, { maxLength: 2 }),
    envelope: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(mutation, { maxLength: 2 }) },
    ),
  })
  .map((made) =>
    mutated(
      {
        specversion: '1.0',
        id: made.id,
        source: made.source,
        type: made.definition.type,
        data: mutated(made.definition.example, made.data),
      },
      made.envelope,
    ),
  );

const structured: fc.Arbitrary<FuzzCase> = fc.record({ event, spoil, at: fc.nat(100_000) }).map((made) => ({
  method: 'POST',
  path: '/v1/events',
  headers: { 'content-type': 'application/cloudevents+json' },
  body: made.spoil(jsonOf(made.event), made.at),
}));

const batch: fc.Arbitrary<FuzzCase> = fc
  .record({ events: fc.array(event, { maxLength: 5 }), spoil, at: fc.nat(100_000) })
  .map((made) => ({
    method: 'POST',
    path: '/v1/events',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: made.spoil(jsonOf(made.events), made.at),
  }));

const binary: fc.Arbitrary<FuzzCase> = fc
  .record({
    event,
    spoil,
    at: fc.nat(100_000),
    contentType: fc.constantFrom('application/json', 'text/plain', 'x'.repeat(300)),
  })
  .map((made) => {
    const { data, ...attributes } = (made.event ?? {}) as Record<string, unknown>;
    const names = Object.entries(attributes).filter(([name]) => /^[a-z]{1,30}$/.test(name));
    return {
      method: 'POST',
      path: '/v1/events',
      headers: {
        'content-type': made.contentType,
        ...Object.fromEntries(
          names.map(([name, value]) => [
            `ce-${name}`,
            encodeURIComponent((typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed()),
          ]),
        ),
      },
      body: made.spoil(jsonOf(data), made.at),
    };
  });

export const gatewayPost: fc.Arbitrary<FuzzCase> = fc.oneof(structured, batch, binary);
