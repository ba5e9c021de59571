import type { Violation } from '../../../src/core/errors.ts';
import { isCentreSource, LANES, type Lane, schemaVersion } from '../../../src/core/event.ts';
import { definitionOf } from '../../../src/events/catalog.ts';
import type { DataContractViolation } from '../../../src/events/ops/data.ts';

/** A message as it lies in the hub's stream of what goes up. */
export interface UpArrival {
  /** `dealeriq.up.<dealerId>.<lane>.<event.type>`; the hub lets a dealer publish to its own subjects only. */
  readonly subject: string;
  /** The CloudEvents attributes out of the headers; all of them are text. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
  /** The dealer whose events are being read. */
  readonly dealerId: string;
}

/** The envelope of an event that keeps its contract. */
export interface UpEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The version that the record's value is written in: the current one, where the payload came in an older one. */
  readonly version: number;
  readonly dataschema: string;
  readonly subject: string;
  readonly time: string;
  readonly dealerid: string;
  readonly deviceid: string;
  readonly lane: Lane;
  readonly epoch: number;
  readonly sequence: number;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly traceparent?: string;
}

/** It goes to the dead letters, byte for byte. */
export interface UpRefused {
  readonly ok: false;
  readonly reasonCode: DataContractViolation['reasonCode'];
  readonly reason: string;
  readonly violations: readonly Violation[];
}

/** A verdict on a message that breaks its contract. */
export function refuse(
  reasonCode: UpRefused['reasonCode'],
  reason: string,
  violations: readonly Violation[] = [],
): UpRefused {
  return { ok: false, reasonCode, reason, violations };
}

/** The longest value of an attribute. */
const ATTRIBUTE_CHARACTERS_MAX = 300;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const WHOLE = /^(?:0|[1-9]\d{0,15})$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Reads the attributes and checks them against each other, the subject, the catalogue and the dealer. */
export function readEnvelope({ subject, attributes, dealerId }: UpArrival): UpEvent | UpRefused {
  const problems: Violation[] = [];
  const problem = (name: string, code: string, detail: string) => problems.push({ pointer: `/${name}`, code, detail });
  const text = (name: string): string => {
    const value = attributes[name];
    if (typeof value === 'string' && value !== '' && value.length <= ATTRIBUTE_CHARACTERS_MAX) return value;
    if (value === undefined || value === '') problem(name, 'required', 'is required');
    else problem(name, 'too-big', `has to be text of up to ${ATTRIBUTE_CHARACTERS_MAX} characters`);
    return '';
  };
  const whole = (name: string, least: number): number => {
    const value = text(name);
    const number = WHOLE.test(value) ? Number(value) : -1;
    if (value !== '' && (number < least || !Number.isSafeInteger(number))) {
      problem(name, 'invalid', `has to be a whole number from ${least}`);
    }
    return number;
  };
  if (text('specversion') !== '1.0') problem('specversion', 'invalid', 'has to be 1.0');
  const event = {
    id: text('id'),
    source: text('source'),
    type: text('type'),
    dataschema: text('dataschema'),
    subject: text('subject'),
    time: text('time'),
    dealerid: text('dealerid'),
    deviceid: text('deviceid'),
    lane: text('lane') as Lane,
    epoch: whole('epoch', 0),
    sequence: whole('sequence', 1),
    correlationid: text('correlationid'),
    ...(attributes.causationid === undefined ? {} : { causationid: text('causationid') }),
  };
  if (event.time !== '' && (!TIME.test(event.time) || Number.isNaN(Date.parse(event.time)))) {
    problem('time', 'invalid', 'has to be an instant as in RFC 3339');
  }
  if ((event.lane as string) !== '' && !LANES.includes(event.lane)) {
    problem('lane', 'invalid', `has to be one of ${LANES.join(', ')}`);
  }
  if (problems.length > 0) {
    return refuse('invalid-envelope', 'The CloudEvents attributes are incomplete or wrong.', problems);
  }
  const { traceparent } = attributes;
  const version = schemaVersion(event.dataschema, event.type);
  return (
    directionProblem(event.source, event.dealerid, event.type, dealerId) ??
    subjectProblem(subject, event.type, event.lane, dealerId) ??
    (version === undefined
      ? refuse('unknown-version', `dataschema "${event.dataschema}" is not a version of ${event.type}.`)
      : {
          ...event,
          version,
          // A trace that cannot be read is left out, as W3C Trace Context asks.
          ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
        })
  );
}

function directionProblem(source: string, dealerid: string, type: string, dealerId: string): UpRefused | undefined {
  const ofDealer = source.startsWith('urn:dealeriq:dealer:');
  if (dealerid !== dealerId || (ofDealer && !source.startsWith(`urn:dealeriq:dealer:${dealerId}:`))) {
    return refuse('not-permitted', `Dealer ${dealerId} speaks for itself only; the event names another dealer.`);
  }
  const definition = definitionOf(type);
  if (definition === undefined) return refuse('unknown-type', `The catalogue has no event type "${type}".`);
  if (isCentreSource(source) || definition.direction === 'down') {
    return refuse('wrong-direction', 'This event is made at the centre; a dealer may not send it.');
  }
  return undefined;
}

/** The subject is what the dealer's credential allowed it to publish to; the rest is only what the event says. */
function subjectProblem(subject: string, type: string, lane: Lane, dealerId: string): UpRefused | undefined {
  const [, , dealer, subjectLane, ...rest] = subject.split('.');
  if (dealer !== dealerId) {
    return refuse('not-permitted', `The event came on "${subject}", which is not a subject of dealer ${dealerId}.`);
  }
  if (rest.join('.') !== type || subjectLane !== lane) {
    return refuse('invalid-envelope', `The event came on "${subject}", but says it is ${type} in the ${lane} lane.`);
  }
  const expected = definitionOf(type)?.lane;
  return expected === lane
    ? undefined
    : refuse('invalid-envelope', `${type} goes in the ${expected} lane, not ${lane}.`);
}
