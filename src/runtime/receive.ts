import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { DecisionContext } from '../commands/command.ts';
import type { NewEvent } from '../core/event.ts';
import { mergeReceived } from '../domain/inventory/inventory.ts';
import { isKnownVersion } from '../events/catalog.ts';
import type { InventoryChanged } from '../events/transactional/inventory.ts';
import { type Admitted, type Arrival, admit, type Refused } from '../governance/contract-gate.ts';
import {
  type DeadLetterReason,
  deadLetterRow,
  type Undeliverable,
  violationEvent,
} from '../governance/dead-letters.ts';
import { concernsOrderSaga, orderSaga, orderSagaNeeds } from '../sagas/order-saga.ts';
import type { InsertStatement } from '../store/store.ts';
import { ownEvents } from './own-events.ts';
import type { PendingEvent, Task } from './task.ts';

/** An event from outside, with what is needed to keep it byte for byte should it be refused. */
export interface Incoming extends Arrival {
  readonly raw: Omit<Undeliverable, 'attributes'>;
  /** Its place in the stream that it came by, for the inbox. */
  readonly delivery?: { readonly stream: string; readonly sequence: number };
  /** History of this dealer that the centre kept: logged and projected, but no saga acts on it again. */
  readonly history?: boolean;
}

/** What became of an event from outside. */
export type Admission = Admitted | (Refused & { readonly deadLetterId?: string });

/** The task that logs an admitted event together with everything that follows from it. */
export function receiveTask(admitted: Admitted, incoming: Incoming): Task {
  const fact: NewEvent = { type: admitted.type, data: admitted.upcast ?? admitted.data };
  // A payload of a version that is not known here yet is kept for a later program; nothing acts on it.
  const acts = !admitted.up && isKnownVersion(admitted.type, admitted.version);
  const saga = incoming.history !== true && acts && concernsOrderSaga(fact) ? fact : undefined;
  const stock = acts && fact.type === 'inventory.changed' ? (fact.data as InventoryChanged) : undefined;
  return {
    eventIds: [admitted.id],
    needs: (view) => {
      if (saga !== undefined) return orderSagaNeeds(saga, view);
      return stock === undefined ? [] : [{ kind: 'stock', key: stock.sku }];
    },
    decide: (context) => {
      const applied =
        stock === undefined || incoming.history === true
          ? admitted.upcast
          : mergeReceived(context.view.get('stock', stock.sku), stock);
      const received = pending(admitted, applied);
      const reactions = saga === undefined ? [] : orderSaga(saga, context);
      return {
        events: [
          received,
          ...ownEvents(reactions, context, {
            correlationId: admitted.correlationid,
            causationId: admitted.id,
            traceparent: admitted.traceparent,
          }),
        ],
        statements: incoming.delivery === undefined ? [] : [inboxRow(incoming.delivery, admitted.id, context.nowMs)],
      };
    },
  };
}

/** The task that puts a refused event into the dead letters and reports the violation. */
export function refuseTask(refused: Refused, incoming: Incoming, deadLetterId: string): Task {
  const input: Undeliverable = { ...incoming.raw, attributes: incoming.attributes };
  return {
    needs: () => [],
    // Delivered again, the same bytes lie in the dead letters already.
    idempotency: incoming.delivery === undefined ? undefined : deliveryKey(incoming.delivery, input.bytes),
    decide: (context: DecisionContext) => ({
      events: ownEvents(
        [violationEvent({ violationId: context.newId(), deadLetterId }, input, refused, context.now)],
        context,
        {},
      ),
      statements: [
        deadLetterRow(deadLetterId, input, refused, context.nowMs),
        ...(incoming.delivery === undefined ? [] : [inboxRow(incoming.delivery, deadLetterId, context.nowMs)]),
      ],
    }),
  };
}

/** The task that puts a sound event that could not be applied into the dead letters. */
export function quarantineTask(incoming: Incoming, deadLetterId: string, failure: unknown, attempts: number): Task {
  const reason = `It could not be applied in ${attempts} tries: ${failure instanceof Error ? failure.message : String(failure)}`;
  const refused: DeadLetterReason = { reasonCode: 'apply-failed', reason, violations: [] };
  return {
    needs: () => [],
    decide: (context) => ({
      events: [],
      statements: [
        deadLetterRow(deadLetterId, { ...incoming.raw, attributes: incoming.attributes }, refused, context.nowMs),
        ...(incoming.delivery === undefined ? [] : [inboxRow(incoming.delivery, deadLetterId, context.nowMs)]),
      ],
    }),
  };
}

/** Whether the gate refused it. */
export function isRefused(result: Admitted | Refused): result is Refused {
  return !result.ok;
}

/** Checks an event against its contract. */
export function check(incoming: Incoming, dealerId: string, now: string): Admitted | Refused {
  return admit(incoming, { dealerId, now, history: incoming.history === true });
}

function pending(admitted: Admitted, applied: unknown): PendingEvent {
  return {
    id: admitted.id,
    type: admitted.type,
    version: admitted.version,
    source: admitted.source,
    subject: admitted.subject,
    time: admitted.time,
    dealerid: admitted.dealerid,
    correlationid: admitted.correlationid,
    causationid: admitted.causationid,
    traceparent: admitted.traceparent,
    data: admitted.data,
    dataText: admitted.dataText,
    applied,
    own: admitted.up,
  };
}

function deliveryKey(delivery: { stream: string; sequence: number }, bytes: Uint8Array) {
  const digest = bytesToHex(sha256(bytes));
  return { key: `refused:${delivery.stream}:${delivery.sequence}:${digest}`, digest };
}

function inboxRow(delivery: { stream: string; sequence: number }, eventId: string, nowMs: number): InsertStatement {
  return {
    insert: 'inbox',
    columns: ['stream', 'sequence', 'event_id', 'received_at_ms'],
    rows: [[delivery.stream, delivery.sequence, eventId, nowMs]],
    onConflict: 'ON CONFLICT(stream, sequence) DO NOTHING',
  };
}
