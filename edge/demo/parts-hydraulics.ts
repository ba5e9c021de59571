import { type ProductSpec, packs, padded, spec } from './product-spec.ts';

/** Nominal diameter, construction, EN standard, working pressure in bar, end thread (light series of ISO 8434-1). */
const HOSES = [
  [6, '1SN', 'EN 853', 225, 'M14×1.5', 0.9],
  [8, '2SN', 'EN 853', 350, 'M16×1.5', 1],
  [10, '2SN', 'EN 853', 330, 'M18×1.5', 1.15],
  [12, '2SN', 'EN 853', 275, 'M22×1.5', 1.35],
  [16, '2SN', 'EN 853', 250, 'M26×1.5', 1.8],
  [20, '4SP', 'EN 856', 350, 'M30×2', 2.7],
  [25, '4SH', 'EN 856', 380, 'M36×2', 3.9],
] as const;

const HOSE_USES = [
  'front loader circuit',
  'steering circuit',
  'rear remote valves',
  'lifting gear',
  'boom and dipper',
  'power beyond line',
  'fan drive',
] as const;

const LENGTHS = [340, 450, 560, 680, 820, 980, 1150, 1340, 1560, 1820, 2210, 2480, 2950] as const;
const BRAIDS = {
  '1SN': 'One-wire braid',
  '2SN': 'Two-wire braid',
  '4SP': 'Four-wire spiral',
  '4SH': 'Four-wire spiral',
};
const BRAID_WORDS = {
  '1SN': 'One-wire braided',
  '2SN': 'Two-wire braided',
  '4SP': 'Four-wire spiral',
  '4SH': 'Four-wire spiral',
};

function* hoses(): Generator<ProductSpec> {
  for (const [row, [dn, type, standard, bar, thread, cost]] of HOSES.entries()) {
    for (const [column, length] of LENGTHS.entries()) {
      const use = length === 2210 ? HOSE_USES[0] : HOSE_USES[(row * 3 + column) % HOSE_USES.length];
      yield spec({
        sku: `HYD-${padded(length, 4)}-${padded(dn, 2)}`,
        name: `Hydraulic hose ${type} DN ${padded(dn, 2)}, ${length} mm`,
        description: `${BRAID_WORDS[type]} hose for the ${use}, ${bar} bar, with ${thread} female ends, 24° cone with O-ring. ${standard} ${type}, −40 to +100 °C.`,
        category: ['Hydraulics', 'Hoses', BRAIDS[type]],
        rules: { minimum: 1, increment: 1, maximum: 200 },
        grams: length * (0.18 + dn * 0.042) * cost * 0.9,
        price: (11 + length * 0.0172) * cost,
        attributes: {
          'nominal diameter': `DN ${padded(dn, 2)}`,
          'working pressure': `${bar} bar`,
          'length': `${length} mm`,
          'ends': `${thread} DKOL, straight`,
          'standard': `${standard} ${type}`,
        },
        pull: dn === 8 || dn === 12 ? 1.6 : 0.8,
        usual: 2,
      });
    }
  }
}

const TUBES = [
  [6, 'M12×1.5', 'G 1/8'],
  [8, 'M14×1.5', 'G 1/4'],
  [10, 'M16×1.5', 'G 1/4'],
  [12, 'M18×1.5', 'G 3/8'],
  [15, 'M22×1.5', 'G 1/2'],
  [18, 'M26×1.5', 'G 1/2'],
  [22, 'M30×2', 'G 3/4'],
] as const;

const FORMS = [
  ['GS', 'Straight union', 'Unions', false, 1],
  ['WS', 'Elbow union 90°', 'Unions', false, 1.6],
  ['TS', 'Equal tee union', 'Unions', false, 2.1],
  ['GE', 'Male stud coupling', 'Stud couplings', true, 0.9],
  ['WE', 'Male stud elbow 90°', 'Stud couplings', true, 1.5],
] as const;

function* fittings(): Generator<ProductSpec> {
  for (const [tube, thread, port] of TUBES) {
    for (const [code, form, shelf, stud, cost] of FORMS) {
      const size = `${padded(tube, 2)}L`;
      yield spec({
        sku: `HFT-${code}-${size}`,
        name: `${form} ${size}${stud ? `, ${port} BSPP` : ''}`,
        description: `Cutting-ring ${form.toLowerCase()} for ${tube} mm steel tube, light series, ISO 8434-1, ${thread}${stud ? `, stud end ${port} with elastomer seal` : ''}. Zinc-nickel plated, with nuts and cutting rings.`,
        category: ['Hydraulics', 'Fittings', shelf],
        rules: packs(tube <= 12 ? 5 : 1),
        grams: tube ** 1.6 * cost * 1.3,
        price: (0.9 + tube ** 1.35 * 0.09) * cost,
        attributes: {
          'tube outside diameter': `${tube} mm`,
          'series': 'L',
          thread,
          ...(stud ? { 'stud thread': port } : {}),
          'standard': 'ISO 8434-1',
        },
        usual: 5,
      });
    }
  }
  for (const [dn, thread] of [
    [10, 'G 3/8'],
    [12, 'G 1/2'],
    [12, 'M22×1.5'],
    [20, 'G 3/4'],
  ] as const) {
    for (const [code, half, cost] of [
      ['S', 'plug', 8.4],
      ['M', 'socket', 17.5],
    ] as const) {
      const mark = thread.startsWith('M') ? 'M22' : `G${thread.slice(2).replace('/', '')}`;
      yield spec({
        sku: `HQC-${padded(dn, 2)}${code}-${mark}`,
        name: `Quick coupling ${half} DN ${dn}, ${thread}`,
        description: `Poppet-type quick coupling ${half}, ISO 7241-1 series A, ${thread} female, 250 bar. Couples under residual pressure of up to 5 bar.`,
        category: ['Hydraulics', 'Quick couplings', half === 'plug' ? 'Plugs' : 'Sockets'],
        grams: dn * (half === 'plug' ? 9 : 24),
        price: (cost * dn) / 12,
        attributes: { 'size': `DN ${dn}`, thread, 'standard': 'ISO 7241-1 A', 'working pressure': '250 bar' },
        pull: 2.2,
        usual: 2,
      });
    }
  }
}

const CYLINDERS = [
  [40, 25],
  [50, 30],
  [60, 35],
  [63, 40],
  [80, 45],
  [100, 50],
  [120, 60],
] as const;

function* cylinders(): Generator<ProductSpec> {
  for (const [bore, rod] of CYLINDERS) {
    for (const stroke of [200, 350, 500]) {
      yield spec({
        sku: `HCY-${padded(bore, 3)}${rod}-${padded(stroke, 3)}`,
        name: `Hydraulic cylinder ${bore}/${rod}, stroke ${stroke} mm`,
        description: `Double-acting cylinder with swivel eyes, bore ${bore} mm, rod ${rod} mm hard-chromed, stroke ${stroke} mm, closed length ${stroke + 180 + bore} mm, 210 bar. Ports ${bore < 80 ? 'G 3/8' : 'G 1/2'}.`,
        category: ['Hydraulics', 'Cylinders', 'Double-acting'],
        grams: bore * rod * 1.6 + stroke * bore * 0.24,
        price: 62 + bore * rod * 0.016 + stroke * bore * 0.0028,
        attributes: {
          'bore': `${bore} mm`,
          'rod': `${rod} mm`,
          'stroke': `${stroke} mm`,
          'working pressure': '210 bar',
        },
        pull: 0.35,
      });
    }
    yield spec({
      sku: `HSK-${padded(bore, 3)}${rod}`,
      name: `Seal kit for cylinder ${bore}/${rod}`,
      description: `Piston seal, rod seal, wiper, guide rings and O-rings for hydraulic cylinder HCY-${padded(bore, 3)}${rod}. NBR and polyurethane.`,
      category: ['Hydraulics', 'Cylinders', 'Seal kits'],
      unit: 'SET',
      grams: bore * 1.1,
      price: 9 + bore * 0.36,
      attributes: { 'bore': `${bore} mm`, 'rod': `${rod} mm`, 'material': 'NBR / PU' },
      pull: 1.4,
    });
  }
}

function* pumps(): Generator<ProductSpec> {
  for (const cc of [8, 11, 16, 19, 22, 28]) {
    for (const [code, turn] of [
      ['R', 'clockwise'],
      ['L', 'anticlockwise'],
    ] as const) {
      yield spec({
        sku: `HPM-${padded(cc, 3)}-${code}`,
        name: `Gear pump ${cc} cm³/rev, ${turn}`,
        description: `Group 2 gear pump, ${cc} cm³ per revolution, ${turn}, taper shaft 1:8, European flange 36.5 mm, ${cc > 20 ? 200 : 240} bar continuous.`,
        category: ['Hydraulics', 'Pumps', 'Gear pumps'],
        rules: { minimum: 1, increment: 1, maximum: 10 },
        grams: 2300 + cc * 62,
        price: 118 + cc * 4.3,
        attributes: { 'displacement': `${cc} cm³/rev`, 'rotation': turn, 'shaft': 'taper 1:8' },
        pull: 0.3,
      });
    }
  }
  for (const sections of [1, 2, 3, 4, 5, 6]) {
    yield spec({
      sku: `HVL-40-${sections}S`,
      name: `Control valve 40 l/min, ${sections} spool${sections > 1 ? 's' : ''}`,
      description: `Monoblock directional valve with ${sections} double-acting spool${sections > 1 ? 's' : ''}, spring-centred, 40 l/min, 250 bar, relief valve set to 180 bar, ports G 3/8.`,
      category: ['Hydraulics', 'Valves', 'Directional valves'],
      grams: 1700 + sections * 1150,
      price: 62 + sections * 47,
      attributes: { 'flow': '40 l/min', 'spools': String(sections), 'ports': 'G 3/8' },
      pull: 0.3,
    });
  }
}

/** Hoses, fittings, couplings, cylinders, pumps and valves. */
export function* hydraulics(): Generator<ProductSpec> {
  yield* hoses();
  yield* fittings();
  yield* cylinders();
  yield* pumps();
}
