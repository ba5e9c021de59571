import { join, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { backUp } from '../backup/backup.ts';
import { loadConfig } from '../config.ts';
import { databasePath } from '../open-store.ts';
import { refuseIfAbsent, refuseIfRemote } from './open-box.ts';
import { printResult } from './output.ts';

export const backup = defineCommand({
  meta: { name: 'backup', description: 'Copy the database to a file and check the copy; the box may run meanwhile' },
  args: {
    to: { type: 'string', description: 'The file to write; it must not exist. DATA_DIR/backups/ unless given' },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const { config } = await loadConfig();
    refuseIfRemote(config, 'Back it up where it lies.');
    refuseIfAbsent(config);
    const now = new Date().toISOString();
    const name = `${config.DEALER_ID}-${config.DEVICE_ID}-${now.replaceAll(/[-:]|\.\d+/g, '')}.db`;
    const startedMs = performance.now();
    const made = await backUp({
      database: databasePath(config.DATA_DIR),
      to: resolve(args.to ?? join(config.DATA_DIR, 'backups', name)),
      encryptionKey: config.LIBSQL_ENCRYPTION_KEY,
      now,
    });
    const milliseconds = Math.round(performance.now() - startedMs);
    printResult(args.json, { ...made, milliseconds }, function* () {
      yield `Backed up to ${made.file} in ${milliseconds} ms; the copy is checked`;
      yield `  events   ${made.events}, up to position ${made.head} of ${made.upTo ?? 'an empty log'}`;
      yield `  size     ${(made.bytes / 1_048_576).toFixed(1)} MiB`;
      yield `  sha256   ${made.sha256}`;
    });
  },
});
