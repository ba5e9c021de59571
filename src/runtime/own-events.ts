import type { DecisionContext } from '../commands/command.ts';
import { dealerSource, type NewEvent } from '../core/event.ts';
import { definitionOf } from '../events/catalog.ts';
import type { PendingEvent } from './task.ts';

/** Where facts come from: the request or event behind them. */
export interface Origin {
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/**
 * Envelopes for facts decided here. The first one starts the chain unless something caused it; the others are
 * caused by the first.
 */
export function ownEvents(facts: readonly NewEvent[], context: DecisionContext, origin: Origin): PendingEvent[] {
  const source = dealerSource(context.dealerId, context.deviceId);
  let firstId: string | undefined;
  return facts.map((fact) => {
    const definition = definitionOf(fact.type);
    if (definition === undefined) throw new Error(`No event type ${fact.type} in the catalogue.`);
    const id = context.newId();
    const causationid = firstId ?? origin.causationId;
    firstId ??= id;
    return {
      id,
      type: fact.type,
      version: definition.version,
      source,
      subject: definition.subject(fact.data),
      time: context.now,
      dealerid: context.dealerId,
      correlationid: origin.correlationId ?? firstId,
      causationid,
      traceparent: origin.traceparent,
      data: fact.data,
      dataText: JSON.stringify(fact.data),
      own: true,
    };
  });
}
