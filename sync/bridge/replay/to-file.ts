import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EdgeError } from '../../../src/core/errors.ts';
import type { PayloadCodec } from '../registry/payload-codec.ts';
import { payloadOf, type ReplayTarget } from './replay-target.ts';
import { REPLAY_ATTRIBUTE, type Selected } from './selection.ts';

/** Attributes that are integers in CloudEvents' JSON format; headers carry them as text. */
const INTEGERS: ReadonlySet<string> = new Set(['epoch', 'sequence']);

/**
 * Writes a file of JSON Lines: one CloudEvent in structured JSON a line (RFC 8259; CloudEvents JSON format 1.0.2). The
 * file gets its name once it is whole; before that it is `.<name>.part` beside it.
 * @throws {EdgeError} `not-found` when nothing can be written there.
 */
export function fileTarget(path: string, replayId: string, codec: PayloadCodec): ReplayTarget {
  const part = join(dirname(path), `.${basename(path)}.part`);
  const file = openPart(part);
  let isOpen = true;
  const end = () => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    batchMax: 500,
    // A file that is not whole is begun again.
    resume: (stretches) => Promise.resolve(stretches),
    async write(events) {
      let text = '';
      for (const event of events) text += `${JSON.stringify(await structured(event, replayId, codec))}\n`;
      writeSync(file, text);
    },
    finish() {
      fsyncSync(file);
      end();
      renameSync(part, path);
      return Promise.resolve();
    },
    close() {
      end();
      rmSync(part, { force: true });
      return Promise.resolve();
    },
  };
}

function openPart(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EdgeError('not-found', `The file cannot be written: ${why}. Name a folder that is there.`, {
      cause: error,
    });
  }
}

async function structured(event: Selected, replayId: string, codec: PayloadCodec): Promise<Record<string, unknown>> {
  const { datacontenttype: _inKafka, ...attributes } = event.attributes;
  return {
    ...Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, INTEGERS.has(name) ? Number(value) : value]),
    ),
    [REPLAY_ATTRIBUTE]: replayId,
    datacontenttype: 'application/json',
    data: await payloadOf(event, codec),
  };
}
