/** What `topics plan` and `topics apply` show of one system. */
export interface Section {
  readonly title: string;
  readonly rows: readonly { readonly action: string; readonly what: string; readonly why: string }[];
}

/** The sections as one table: columns are as wide over all of them. */
export function* sectionLines(sections: readonly Section[], dryRun: boolean): Iterable<string> {
  const rows = sections.flatMap((section) => section.rows);
  const width = (of: 'action' | 'what') => Math.max(0, ...rows.map((row) => row[of].length));
  const [actionWidth, whatWidth] = [width('action'), width('what')];
  for (const { title, rows: own } of sections) {
    yield `${title}${dryRun ? ' (plan: nothing was changed)' : ''}`;
    for (const { action, what, why } of own) {
      yield `  ${action.padEnd(actionWidth)}  ${what.padEnd(whatWidth)}  ${why}`.trimEnd();
    }
  }
}
