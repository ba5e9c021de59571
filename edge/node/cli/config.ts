import { defineCommand } from 'citty';
import { configKeys, describeSettings, loadConfig, redacted } from '../config.ts';
import { printResult } from './output.ts';

const printConfig = defineCommand({
  meta: { name: 'print', description: 'The settings in force and where each comes from; secrets are hidden' },
  args: { json: { type: 'boolean', description: 'Print JSON', default: false } },
  async run({ args }) {
    const { config, sources, file } = await loadConfig();
    const shown = redacted(config);
    const descriptions = new Map(describeSettings().map(({ key, description }) => [key, description]));
    printResult(
      args.json,
      Object.fromEntries(configKeys.map((key) => [key, { value: shown[key], source: sources[key] }])),
      function* () {
        if (file !== undefined) yield `# file: ${file}`;
        for (const key of configKeys) {
          const value = String(shown[key] ?? '(unset)');
          yield `${key.padEnd(22)} ${value.padEnd(30)} ${sources[key].padEnd(12)} ${descriptions.get(key)}`;
        }
      },
    );
  },
});

export const config = defineCommand({
  meta: { name: 'config', description: 'Show the configuration' },
  subCommands: { print: printConfig },
});
