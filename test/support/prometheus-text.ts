export interface MetricFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  counter: [''],
  gauge: [''],
};

/**
 * Reads the text exposition format (https://prometheus.io/docs/instrumenting/exposition_formats/) and throws on what
 * does not keep to it: samples without HELP and TYPE before them, wrong names, labels or values.
 */
export function parseMetrics(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, MetricFamily>();
  const helps = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const help = /^# HELP (\S+) (.*)$/.exec(line);
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (help !== null) helps.set(String(help[1]), String(help[2]));
    else if (type !== null) {
      const name = String(type[1]);
      if (families.has(name)) throw new Error(`${name} is declared twice.`);
      families.set(name, { type: String(type[2]), help: helps.get(name) ?? fail(`${name} has no HELP.`), samples: [] });
    } else readSample(line, families);
  }
  return families;
}

function readSample(line: string, families: ReadonlyMap<string, MetricFamily>): void {
  const match = SAMPLE.exec(line) ?? fail(`No sample: ${line}`);
  const name = String(match[1]);
  const [, family] =
    [...families].find(([base, { type }]) => (SUFFIXES[type] ?? ['']).some((suffix) => base + suffix === name)) ??
    fail(`${name} was not declared.`);
  const labels: Record<string, string> = {};
  for (let rest = match[2] ?? ''; rest !== ''; ) {
    const label = LABEL.exec(rest) ?? fail(`No labels: ${rest}`);
    labels[String(label[1])] = String(label[2]);
    rest = rest.slice(label[0].length);
  }
  const value = match[3] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match[3]);
  if (Number.isNaN(value) && match[3]?.toLowerCase() !== 'nan') fail(`No value: ${line}`);
  family.samples.push({ name, labels, value });
}

function fail(message: string): never {
  throw new Error(message);
}
