import { basename } from 'node:path';
import type { Runtime } from '../../../src/runtime.ts';
import { version } from '../version.ts';
import { report } from './deliver.ts';
import type { Rejections } from './rejections.ts';
import type { ImportOptions } from './run-import.ts';

/** Tells the centre that an import has begun. */
export async function reportStart(
  runtime: Runtime,
  options: ImportOptions,
  runId: string,
  now: string,
  found: { rows: number; sha256: string },
): Promise<void> {
  await report(runtime, {
    id: runtime.ports.random.uuid(),
    type: 'data.pipeline.started',
    time: now,
    data: {
      runId,
      pipeline: `${options.dataset}-import`,
      trigger: 'operator',
      attempt: 1,
      codeVersion: version,
      inputs: [{ kind: 'file', id: basename(options.path).slice(-300), rows: found.rows, sha256: found.sha256 }],
      startedAt: now,
    },
    history: false,
  });
}

/** Tells the centre which rows were rejected, and why: all counted, the first ones listed. */
export async function reportRejections(
  runtime: Runtime,
  options: ImportOptions,
  runId: string,
  rows: number,
  rejections: Rejections,
): Promise<void> {
  const failedAt = new Date(runtime.ports.clock.nowMs()).toISOString();
  await report(runtime, {
    id: runtime.ports.random.uuid(),
    type: 'data.validation.failed',
    time: failedAt,
    data: {
      validationId: runtime.ports.random.uuid(),
      runId,
      dataset: options.dataset,
      fileName: basename(options.path).slice(-300),
      rowsTotal: rows,
      rowsFailed: rejections.rows,
      checks: rejections
        .reasons()
        .slice(0, 500)
        .map(({ code, column, rows: failedRows }) => ({
          name: code,
          ...(column === undefined ? {} : { column: column.slice(0, 120) }),
          failedRows,
        })),
      rows: rejections.listed.map(({ row, column, code, detail }) => ({
        row,
        ...(column === undefined ? {} : { column: column.slice(0, 120) }),
        code,
        detail: detail.slice(0, 500),
      })),
      truncated: rejections.rows > rejections.listed.length,
      outcome: 'rows-skipped',
      failedAt,
    },
    history: false,
  });
}
