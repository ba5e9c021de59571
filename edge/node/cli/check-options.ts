import type { ArgsDef, CommandDef } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';

/**
 * Refuses options and operands that a command does not have. The parser lets them pass, and a mistyped `--dryrun`
 * would then import in earnest.
 * @throws {EdgeError} `invalid-request` naming what is not known.
 */
export function checkOptions(command: CommandDef, path: readonly string[], given: readonly string[]): void {
  const args = (command.args ?? {}) as ArgsDef;
  const strings = new Set<string>();
  const booleans = new Set<string>();
  let operandsLeft = 0;
  for (const [name, definition] of Object.entries(args)) {
    if (definition.type === 'positional') operandsLeft += 1;
    else (definition.type === 'boolean' ? booleans : strings).add(kebab(name));
  }
  const usage = `See \`${['dealeriq', ...path].join(' ')} --help\`.`;
  for (let index = 0; index < given.length; index += 1) {
    const arg = given[index] ?? '';
    if (!arg.startsWith('-') || arg === '-') {
      operandsLeft -= 1;
      if (operandsLeft < 0) throw new EdgeError('invalid-request', `"${arg}" is one too many. ${usage}`);
      continue;
    }
    const [, name = arg, value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const option = kebab(name);
    if (booleans.has(option) || booleans.has(option.replace(/^no-/, ''))) continue;
    if (!strings.has(option))
      throw new EdgeError('invalid-request', `There is no option ${arg.split('=')[0]}. ${usage}`);
    if (value === undefined) index += 1;
    const taken = value ?? given[index];
    if (taken === undefined || taken === '' || (value === undefined && taken.startsWith('--'))) {
      throw new EdgeError('invalid-request', `--${option} takes a value. ${usage}`);
    }
  }
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
