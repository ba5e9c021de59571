import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetName } from '../../edge/node/import/fields.ts';
import { type ImportOptions, type ImportResult, runImport, surveyImport } from '../../edge/node/import/run-import.ts';
import { type EdgeBox, openBox } from './edge-box.ts';
import { dealer } from './facts.ts';

/** Two products with prices, as a spreadsheet in Germany writes them. */
export const PRODUCTS = `sku;name;category;unit;price
A-1;"Hose, long";Hydraulics / Hoses;EA;12,50
A-2;Bolt M8;Fasteners;EA;0,07
`;

/** A box of a dealer in Berlin that buys from list EU, to import into. */
export interface ImportBox extends EdgeBox {
  load(dataset: DatasetName, content: string, more?: Partial<ImportOptions>): Promise<ImportResult>;
  /** How many events of these types there are. */
  eventsOf(...types: string[]): Promise<number>;
  /** The values of the column `json`. */
  json<T = Record<string, unknown>>(sql: string, ...args: string[]): Promise<T[]>;
}

export async function openImportBox(): Promise<ImportBox> {
  const box = await openBox();
  await box.receive('dealer.created', dealer({ currency: 'EUR', priceListId: 'EU', timeZone: 'Europe/Berlin' }));
  let files = 0;
  return {
    ...box,
    async load(dataset, content, more = {}) {
      files += 1;
      const path = join(box.folder, `${files}.csv`);
      writeFileSync(path, content);
      const options: ImportOptions = {
        dataset,
        path,
        csv: {},
        map: {},
        defaults: {},
        dryRun: false,
        dateOrder: 'auto',
        decimal: 'auto',
        round: false,
        allowUnknownSkus: false,
        shipped: true,
        ...more,
      };
      return runImport(box.runtime, options, await surveyImport(options));
    },
    async eventsOf(...types) {
      const sql = 'SELECT type FROM events WHERE type IN (SELECT value FROM json_each(?))';
      return (await box.rows(sql, JSON.stringify(types))).length;
    },
    async json<T>(sql: string, ...args: string[]) {
      return (await box.rows(sql, ...args)).map((row) => JSON.parse(String(row.json)) as T);
    },
  };
}
