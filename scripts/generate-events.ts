import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import avro from 'avsc';
import { compatibilityBreaks } from '../src/events/compatibility.ts';
import type { JsonSchema } from '../src/events/json-schema.ts';
import { type Artefact, eventArtefacts } from './event-artefacts.ts';

/**
 * Writes what is derived from the event definitions: docs/events.md, docs/asyncapi.json and test/golden.
 *
 *     node scripts/generate-events.ts            write what is missing or out of date
 *     node scripts/generate-events.ts --check    write nothing; fail when something is out of date
 *     node scripts/generate-events.ts --accept   also overwrite stored events and incompatible schemas
 */
const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    accept: { type: 'boolean', default: false },
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  },
});

const stale = eventArtefacts().filter((artefact) => read(artefact) !== artefact.content);
const refusals = flags.accept ? [] : stale.flatMap(refusalsOf);

if (flags.check) {
  for (const artefact of stale) say(`out of date: ${artefact.path}`);
} else if (refusals.length === 0) {
  for (const artefact of stale) {
    const path = join(flags.root, artefact.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, artefact.content);
    say(`wrote ${artefact.path}`);
  }
}
for (const refusal of refusals) say(refusal);
if (stale.length === 0) say('everything is up to date');
// All or nothing: one refusal and no file is written, so that a half-made change is never committed.
else if (flags.check || refusals.length > 0) {
  say(
    refusals.length > 0
      ? 'Nothing was written. Raise the version of the event type, or pass --accept when no such event was ever stored.'
      : 'Run node scripts/generate-events.ts',
  );
  process.exitCode = 1;
}

/** Why an existing file must not be overwritten. */
function refusalsOf(artefact: Artefact): readonly string[] {
  const stored = read(artefact);
  if (stored === undefined || artefact.kind === 'document') return [];
  if (artefact.kind === 'bytes') return [`refused: ${artefact.path} holds a stored event, and would change`];
  if (artefact.path.endsWith('.avsc')) return avroBreaks(stored, artefact.content).map(refuse(artefact));
  const breaks = compatibilityBreaks(JSON.parse(stored) as JsonSchema, JSON.parse(artefact.content) as JsonSchema);
  return breaks.map(({ direction, pointer, detail }) => `${direction}: ${pointer} ${detail}`).map(refuse(artefact));
}

function refuse(artefact: Artefact): (reason: string) => string {
  return (reason) => `refused: ${artefact.path} would break compatibility ${reason}`;
}

/** Avro has rules of its own, about names and types, so that it is asked as well. */
function avroBreaks(stored: string, derived: string): readonly string[] {
  const previous = avro.Type.forSchema(JSON.parse(stored) as avro.Schema);
  const next = avro.Type.forSchema(JSON.parse(derived) as avro.Schema);
  return (['backward', 'forward'] as const).flatMap((direction) => {
    const [reader, writer] = direction === 'backward' ? [next, previous] : [previous, next];
    try {
      reader.createResolver(writer);
      return [];
    } catch (error) {
      return [`${direction}: ${error instanceof Error ? error.message : error}`];
    }
  });
}

function read(artefact: Artefact): string | undefined {
  const path = join(flags.root, artefact.path);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
