import { defineCommand } from 'citty';
import { restore as restoreFile } from '../backup/restore.ts';
import { loadConfig } from '../config.ts';
import { refuseIfRemote } from './open-box.ts';
import { printResult } from './output.ts';
import { refuseIfRunning } from './run-file.ts';

export const restore = defineCommand({
  meta: {
    name: 'restore',
    description: 'Put a backup in the place of the database, which is kept aside; the box must be stopped',
  },
  args: {
    file: { type: 'positional', description: 'A file that `dealeriq backup` made', required: true },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const { config } = await loadConfig();
    refuseIfRemote(config, 'Restore it where it lies.');
    refuseIfRunning(config.DATA_DIR);
    const restored = await restoreFile({
      from: args.file,
      dataDir: config.DATA_DIR,
      encryptionKey: config.LIBSQL_ENCRYPTION_KEY,
      nowMs: Date.now(),
    });
    printResult(args.json, restored, function* () {
      yield `Restored ${restored.database} from ${restored.file}`;
      yield `  holds     ${restored.events} events, the last recorded ${restored.upTo ?? 'never'}; what came later is not in it`;
      yield `  epoch     ${restored.newEpoch} begins; no sequence or order number of before is given out again`;
      yield restored.replaced === undefined
        ? '  replaced  nothing: there was no database'
        : `  replaced  ${restored.replaced} (delete it when you no longer need it)`;
      yield 'Next: dealeriq doctor, then dealeriq start';
    });
  },
});
