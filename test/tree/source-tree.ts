import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file below folders that may be missing. */
export function sourceFiles(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => {
    let entries: string[];
    try {
      entries = readdirSync(posix.join(root, folder), { recursive: true, encoding: 'utf8' });
    } catch {
      return [];
    }
    return entries
      .map((entry) => posix.join(folder, entry.replaceAll('\\', '/')))
      .filter((path) => /\.tsx?$/.test(path) && !path.includes('node_modules/'))
      .sort()
      .map((path) => ({ path, text: readFileSync(posix.join(root, path), 'utf8') }));
  });
}

export interface Import {
  readonly from: string;
  /** A path from the top of the repository for a relative import, otherwise the package as it is written. */
  readonly to: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;
const STATEMENT =
  /^[ \t]*(?:import|export)\s+(type\s)?[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]|^[ \t]*import\s*['"]([^'"\n]+)['"]|\b(?:import|require)\s*\(\s*['"]([^'"\n]+)['"]/gm;

/** Every import and re-export of a file, type-only ones too. */
export function importsOf({ path, text }: SourceFile): Import[] {
  // Blanks in place of comments, so that line numbers stay.
  const code = text.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' '));
  return [...code.matchAll(STATEMENT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? match[4] ?? '';
    const relative = specifier.startsWith('.');
    const start = match.index + (match[0].length - match[0].trimStart().length);
    return {
      from: path,
      to: relative ? posix.normalize(posix.join(posix.dirname(path), specifier)) : specifier,
      line: code.slice(0, start).split('\n').length,
      typeOnly: match[1] !== undefined,
    };
  });
}

export const isTest = (path: string) => /\.test\.tsx?$/.test(path);
