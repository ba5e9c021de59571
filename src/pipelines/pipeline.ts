import { EdgeError } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import type { Ports } from '../core/ports.ts';
import { definitionOf } from '../events/catalog.ts';
import { validateAgainst } from '../events/validate.ts';
import type { Store } from '../store/store.ts';

/** What a run may use: the log and read models to read from, and the way for its facts into the log. */
export interface PipelineContext {
  readonly store: Pick<Store, 'read'>;
  readonly ports: Ports;
  readonly dealerId: string;
  readonly locationId: string;
  /** The version of the program, for the run's record. */
  readonly codeVersion: string;
  /** Resolves once the facts are durable, all of them. They go through the one writer, as orders do. */
  publish(facts: readonly NewEvent[]): Promise<void>;
}

export interface PipelineResult {
  /** Items that were looked at: series, baskets, texts. */
  readonly processed: number;
  /** Facts that came out. */
  readonly published: number;
}

/** Work in the background that turns the log into advice. One declaration a file; `list.ts` names them all. */
export interface Pipeline {
  readonly name: string;
  /** The step that inference is, for the record of a failure. */
  readonly step: string;
  /** Milliseconds from one run to the next. */
  readonly everyMs: number;
  /** Event types after which the next run comes soon. */
  readonly reactsTo: readonly string[];
  run(context: PipelineContext): Promise<PipelineResult>;
}

/** Facts that one commit takes: orders get their turn in between. */
const FACTS_A_COMMIT = 100;

/**
 * Publishes any number of facts without holding up the writer.
 * @throws {EdgeError} `contract-violation` before anything is published, when a model's answer fits no event
 */
export async function publishInParts(context: PipelineContext, facts: readonly NewEvent[]): Promise<void> {
  for (const [at, fact] of facts.entries()) {
    if (at % FACTS_A_COMMIT === 0) await context.ports.scheduler.yield();
    check(fact);
  }
  for (let start = 0; start < facts.length; start += FACTS_A_COMMIT) {
    await context.publish(facts.slice(start, start + FACTS_A_COMMIT));
    await context.ports.scheduler.yield();
  }
}

/** What a model says is no more to be trusted than what comes from outside: a NaN in a payload would go to the centre. */
function check({ type, data }: NewEvent): void {
  const definition = definitionOf(type);
  const validation = definition && validateAgainst(definition, definition.version, data);
  if (validation === undefined || validation.outcome === 'ok') return;
  const violations = validation.outcome === 'invalid' ? validation.violations : [];
  const [first] = violations;
  throw new EdgeError(
    'contract-violation',
    `What was made does not fit ${type} (${definition?.subject(data)}): ${first?.pointer} ${first?.detail}. Nothing of it is published.`,
    { violations },
  );
}
