/** A machine series of the demo manufacturer; parts are made to fit one. */
export interface MachineSeries {
  /** Two digits, used inside part numbers. */
  readonly code: string;
  /** As a catalogue prints it. */
  readonly models: string;
  readonly kind: string;
  readonly engine: string;
  readonly cylinders: number;
  /** Compared with the smallest machine, for prices and weights. */
  readonly size: number;
  /** How many of them run in the dealer's district, compared with the most common one. */
  readonly share: number;
  readonly harvester: boolean;
}

const series = (
  code: string,
  models: string,
  kind: string,
  engine: string,
  cylinders: number,
  size: number,
  share: number,
  harvester = false,
): MachineSeries => ({ code, models, kind, engine, cylinders, size, share, harvester });

export const machines: readonly MachineSeries[] = [
  series('03', 'TF 3040–3070', 'compact tractor', 'TD 3.3', 3, 1, 0.9),
  series('04', 'TF 4080–4110', 'narrow-track tractor', 'TD 3.8', 4, 1.25, 1),
  series('05', 'TF 5100–5140', 'tractor', 'TD 4.5', 4, 1.5, 1),
  series('06', 'TF 6130–6180', 'tractor', 'TD 6.1', 6, 1.9, 0.7),
  series('07', 'TF 7200–7260', 'tractor', 'TD 6.7', 6, 2.3, 0.4),
  series('08', 'TF 8280–8340', 'tractor', 'TD 8.4', 6, 2.8, 0.15),
  series('11', 'TC 540–560', 'combine harvester', 'TD 6.7', 6, 2.5, 0.4, true),
  series('12', 'TC 660–690', 'combine harvester', 'TD 8.4', 6, 3, 0.2, true),
  series('14', 'TX 480–620', 'forage harvester', 'TD 12.8', 6, 3.4, 0.12, true),
  series('21', 'TL 70–90', 'wheel loader', 'TD 3.8', 4, 1.4, 0.5),
  series('22', 'TL 110–150', 'wheel loader', 'TD 6.1', 6, 2, 0.2),
  series('24', 'TH 633–742', 'telehandler', 'TD 4.5', 4, 1.6, 0.5),
  series('31', 'TE 18–27', 'mini excavator', 'TD 1.1', 3, 0.8, 0.35),
  series('32', 'TE 55–85', 'midi excavator', 'TD 3.3', 4, 1.3, 0.2),
];
