import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import type { Config } from '../config.ts';
import { loadConfig } from '../config.ts';
import { checkFile } from './doctor/file.ts';
import { checkLog } from './doctor/log.ts';
import { type Check, checkMachine, checkNode } from './doctor/machine.ts';
import { checkReadModels } from './doctor/read-models.ts';
import { printResult } from './output.ts';

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Check the box: machine, configuration, database, log, read models, backups' },
  args: {
    quick: { type: 'boolean', description: 'Leave out deriving the read models again', default: false },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const checks = [checkNode(process.versions.node), ...(await checkAll(args.quick))];
    const failed = checks.filter((check) => check.status === 'fail').length;
    const warned = checks.filter((check) => check.status === 'warn').length;
    printResult(args.json, { healthy: failed === 0, failed, warned, checks }, function* () {
      for (const { status, name, detail, fix } of checks) {
        yield `${MARKS[status]}  ${name.padEnd(14)} ${detail}`;
        if (fix !== undefined) yield `                      → ${fix}`;
      }
      yield failed === 0
        ? `The box is healthy${warned === 0 ? '' : `; ${warned} ${warned === 1 ? 'warning' : 'warnings'}`}.`
        : `${failed} ${failed === 1 ? 'check' : 'checks'} failed.`;
    });
    if (failed > 0) process.exitCode = 1;
  },
});

async function checkAll(quick: boolean): Promise<Check[]> {
  let config: Config;
  try {
    const loaded = await loadConfig();
    config = loaded.config;
    const from = loaded.file ?? 'environment and defaults';
    const configured: Check = { name: 'configuration', status: 'ok', detail: `from ${from}` };
    const file = checkFile(config);
    const checks = [configured, ...checkMachine(config), ...file];
    // Nothing can be said about the content of a file that cannot be read.
    if (
      config.LIBSQL_URL === undefined &&
      file.some((check) => check.status === 'fail' || check.name === 'no database')
    )
      return checks;
    return [...checks, ...(await checkLog(config)), ...(quick ? [] : [await checkReadModels()])];
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const name = error.code === 'invalid-config' ? 'configuration' : 'database';
    return [{ name, status: 'fail', detail: error.detail }];
  }
}
