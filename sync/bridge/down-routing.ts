import type { EventDefinition } from '../../src/core/define-event.ts';
import type { Violation } from '../../src/core/errors.ts';
import { schemaVersion } from '../../src/core/event.ts';
import * as field from '../../src/core/fields.ts';
import { definitionOf, definitions } from '../../src/events/catalog.ts';
import { kafkaTopic, natsDownAllSubject, natsDownSubject } from '../../src/events/names.ts';
import type { DataContractViolation } from '../../src/events/ops/data.ts';

/** Where a record of a topic goes that comes down, by its attributes alone. Pure, so that every case can be tested. */

/** What every dealer may know. Everything else is of one dealer, and never told to another. */
const FOR_EVERYBODY: ReadonlySet<string> = new Set([
  'product.updated',
  'price.changed',
  'promotion.activated',
  'model.trained',
  'model.deployed',
  'prompt.template.updated',
  'fine_tune.started',
  'fine_tune.completed',
  'context.embedding.updated',
]);

/** Why a record cannot go down: it becomes a dead letter. */
export interface DownRefused {
  readonly outcome: 'refused';
  readonly reasonCode: DataContractViolation['reasonCode'];
  readonly reason: string;
  readonly violations: readonly Violation[];
}

/** Where a record goes. */
export interface DownRoute {
  readonly outcome: 'route';
  readonly subject: string;
  readonly definition: EventDefinition;
  /** The version of the payload that the record names; the catalogue's when it names none. */
  readonly version: number;
  /** Absent: it is for all dealers. */
  readonly dealerId: string | undefined;
}

/** What a dealer made and the bridge brought up: it does not go down again. */
export interface DownEcho {
  readonly outcome: 'echo';
}

export type DownDecision = DownRoute | DownEcho | DownRefused;

/** The types that come down, by their topic. */
export function downTopics(prefix: string): ReadonlyMap<string, EventDefinition> {
  return new Map(
    definitions
      .filter(({ direction }) => direction !== 'up')
      .map((definition) => [kafkaTopic(definition.type, prefix), definition] as const),
  );
}

/** Decides about a record of the topic of `definition`. `key` is its key as text; `undefined` when it has none. */
export function routeDown(
  definition: EventDefinition,
  attributes: Readonly<Record<string, string>>,
  key: string | undefined,
): DownDecision {
  const problems = envelopeProblems(attributes);
  if (problems.length > 0) {
    return refuse('invalid-envelope', 'The CloudEvents attributes are incomplete or wrong.', problems);
  }
  const { type = '', source = '', dealerid } = attributes;
  const named = definitionOf(type);
  if (named === undefined) return refuse('unknown-type', `The catalogue has no event type "${type}".`);
  if (named.direction === 'up') {
    return refuse('wrong-direction', `${type} is made at dealers; the centre does not send it.`);
  }
  if (named !== definition) {
    return refuse('invalid-envelope', `The type is "${type}", but the topic is that of ${definition.type}.`);
  }
  if (source.startsWith('urn:dealeriq:dealer:')) {
    if (definition.direction === 'both') return { outcome: 'echo' };
    return refuse('wrong-direction', `${type} is made at the centre; a dealer may not send it.`);
  }
  const version = attributes.dataschema === undefined ? definition.version : schemaVersion(attributes.dataschema, type);
  if (version === undefined) {
    return refuse('unknown-version', `dataschema "${attributes.dataschema}" is not a version of ${type}.`);
  }
  const forEverybody = FOR_EVERYBODY.has(type);
  if (dealerid === undefined) {
    if (forEverybody) {
      return { outcome: 'route', subject: natsDownAllSubject(type), definition, version, dealerId: undefined };
    }
    return refuse('not-permitted', `${type} is of one dealer, and the record does not say of which.`, [
      { pointer: '/dealerid', code: 'required', detail: 'is required for this type' },
    ]);
  }
  // What is for everybody is keyed by its subject; whatever is of one dealer by the dealer, so that it stays in order.
  if (!forEverybody && key !== undefined && key !== dealerid) {
    return refuse('not-permitted', `The key is not the dealer whom the event names: it is told to neither.`, [
      { pointer: '/dealerid', code: 'foreign-dealer', detail: 'has to be the key of the record' },
    ]);
  }
  return { outcome: 'route', subject: natsDownSubject(dealerid, type), definition, version, dealerId: dealerid };
}

/** Makes a refusal. */
export function refuse(
  reasonCode: DownRefused['reasonCode'],
  reason: string,
  violations: readonly Violation[] = [],
): DownRefused {
  return { outcome: 'refused', reasonCode, reason, violations };
}

/** The longest value that the dealers' own gate takes, in characters. */
const LENGTH_MAX: Readonly<Record<string, number>> = {
  id: 200,
  source: 300,
  type: 200,
  subject: 300,
  dataschema: 300,
  correlationid: 200,
  causationid: 200,
  traceparent: 200,
};
const REQUIRED = ['id', 'source', 'type'];

/** What dealers would refuse at their own gate is refused once, here. */
function envelopeProblems(attributes: Readonly<Record<string, string>>): Violation[] {
  const problems: Violation[] = [];
  const wrong = (name: string, code: string, detail: string) =>
    void problems.push({ pointer: `/${name}`, code, detail });
  if (attributes.specversion !== '1.0') wrong('specversion', 'invalid-value', 'has to be 1.0');
  for (const name of REQUIRED) if (attributes[name] === undefined) wrong(name, 'required', 'is required');
  for (const [name, most] of Object.entries(LENGTH_MAX)) {
    const value = attributes[name];
    if (value === undefined) continue;
    if (value === '') wrong(name, 'too-small', 'must not be empty');
    else if (value.length > most) wrong(name, 'too-big', `has to be at most ${most} characters long`);
  }
  if (attributes.time !== undefined && !field.instant.safeParse(attributes.time).success) {
    wrong('time', 'invalid-format', 'has to be an instant as in RFC 3339');
  }
  const { dealerid } = attributes;
  if (dealerid !== undefined && (dealerid === 'all' || !field.dealerId.safeParse(dealerid).success)) {
    wrong('dealerid', 'invalid-format', 'has to be the id of one dealer: letters, digits, _ and -');
  }
  return problems;
}
