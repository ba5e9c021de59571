import type { Comparison } from './benchmark.ts';
import { format } from './compare.ts';
import type { Machine } from './machine.ts';

/** The table that `npm run bench` prints, with what each side does below it. */
export function table(comparisons: readonly Comparison[], machine: Machine): string {
  const head = ['benchmark', 'ours', 'peer', 'ratio (min–max)', 'target', 'met'];
  const rows = comparisons.map((one) => [
    one.name,
    one.skipped === undefined ? `${format(one.ours.median)} ${one.unit}` : '–',
    one.peer === undefined ? '–' : `${format(one.peer.median)} ${one.unit}`,
    one.ratio === undefined
      ? one.skipped === undefined
        ? `(${format(one.ours.min)}–${format(one.ours.max)})`
        : '–'
      : `${format(one.ratio.median)} (${format(one.ratio.min)}–${format(one.ratio.max)})`,
    targetOf(one),
    one.skipped !== undefined ? 'skipped' : one.met === undefined ? '' : one.met ? 'yes' : 'NO',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, fdatasync ${format(machine.fdatasyncMs)} ms, load ${format(machine.loadAverage)}`,
    'Medians over the rounds; the ratio is the median of the ratios of each round.',
    '',
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    '',
    ...comparisons.flatMap(explain),
  ].join('\n');
}

function targetOf({ target, unit }: Comparison): string {
  if (target === undefined) return '–';
  if ('ratioMin' in target) return `≥ ${target.ratioMin}`;
  return 'valueMin' in target ? `≥ ${target.valueMin.toLocaleString('en')} ${unit}` : `≤ ${target.valueMax} ${unit}`;
}

function explain({ name, ours, peer, note, skipped }: Comparison): string[] {
  if (skipped !== undefined) return [name, `  skipped: ${skipped}`];
  return [
    `${name}`,
    `  ours: ${ours.does}`,
    ...(peer === undefined ? [] : [`  peer: ${peer.label}: ${peer.does}`]),
    ...(note === undefined ? [] : [`  note: ${note}`]),
  ];
}
