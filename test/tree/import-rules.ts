import { builtinModules } from 'node:module';
import type { Import } from './source-tree.ts';

/** What the modules of a folder may import of the repository, besides themselves. `edge` wires everything together. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/events': ['src/core'],
  'src/domain': ['src/core', 'src/events'],
  'src/store': ['src/core'],
  'src/projections': ['src/core', 'src/events', 'src/domain', 'src/store'],
  // Cancelling is the compensation that the saga runs too.
  'src/commands': ['src/core', 'src/events', 'src/domain', 'src/store', 'src/sagas'],
  'src/sagas': ['src/core', 'src/events', 'src/domain', 'src/store', 'src/commands (types)'],
  'src/governance': ['src/core', 'src/events', 'src/store'],
  // Pipelines read the log and its read models; what they find out goes through the writer.
  'src/pipelines': ['src/core', 'src/events', 'src/projections', 'src/store (types)', 'models/core'],
  'src/runtime': [
    'src/core',
    'src/events',
    'src/domain',
    'src/store',
    'src/projections',
    'src/commands',
    'src/sagas',
    'src/governance',
    'src/pipelines',
  ],
  // Quotes are priced by the code that places orders.
  'src/http': ['src/core', 'src/events', 'src/domain', 'src/governance', 'src/runtime', 'src/commands', 'src/store'],
  // The public API: src/index.ts and what it is made of.
  'src': ['src'],
  'src/testing': ['src/core'],
  'models': ['src/core', 'src/events'],
  // The runtime is handed in; cursors and the outbox's rows are the store's.
  'sync': ['src/core', 'src/events', 'src/store', 'src/runtime (types)'],
  'edge': ['src', 'models', 'sync'],
};

/** Packages that run on one platform only. */
const PLATFORM_PACKAGES =
  /^(?:@libsql\/|libsql$|@hono\/node|better-sqlite3|ws$|@nats-io\/transport|@platformatic\/|prom-client|onnxruntime-node)/;
const BUILT_IN = new Set(builtinModules);

/** The part of the tree that a module belongs to. */
export function partOf(path: string): string {
  if (path === 'src/runtime.ts') return 'src/runtime';
  const [top = '', second = ''] = path.split('/');
  return top === 'src' && !second.endsWith('.ts') ? `src/${second}` : top;
}

/** Why an import is not allowed; `undefined` when it is. */
export function importProblem({ from, to, typeOnly }: Import): string | undefined {
  const part = partOf(from);
  const inTree = /^(?:src|edge|sync|models|app|test|bench|scripts|bin)\//.test(to);
  if (!inTree) {
    const isPlatform =
      to.startsWith('node:') || to.startsWith('cloudflare:') || BUILT_IN.has(to) || PLATFORM_PACKAGES.test(to);
    return part.startsWith('src') && isPlatform ? 'src imports nothing of a platform' : undefined;
  }
  const target = partOf(to);
  if (target === part) return undefined;
  const allowed = MAY_IMPORT[part];
  if (allowed === undefined) return `${part} has no import rule: add it to test/tree/import-rules.ts`;
  for (const rule of allowed) {
    const folder = rule.replace(' (types)', '');
    if (!`${to}/`.startsWith(`${folder}/`) && target !== folder) continue;
    return rule.endsWith('(types)') && !typeOnly ? `${part} may import types of ${folder} only` : undefined;
  }
  return `${part} may not import ${target}`;
}
