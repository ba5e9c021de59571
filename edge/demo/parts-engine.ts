import { type MachineSeries, machines } from './machines.ts';
import { type ProductSpec, padded, spec } from './product-spec.ts';

interface FilterKind {
  readonly digit: string;
  readonly suffix: string;
  readonly name: string;
  readonly words: string;
  readonly shelf: readonly [string, string];
  readonly price: number;
  readonly grams: number;
  readonly pull: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const FILTERS: readonly FilterKind[] = [
  {
    digit: '10',
    suffix: 'A',
    name: 'Engine oil filter, spin-on',
    words:
      'Full-flow spin-on filter with bypass valve and anti-drain membrane. Change every 500 h together with the oil.',
    shelf: ['Engine filters', 'Oil filters'],
    price: 9.2,
    grams: 620,
    pull: 3.6,
    attributes: { 'filter fineness': '15 µm', 'bypass valve': '1.5 bar' },
  },
  {
    digit: '20',
    suffix: 'A',
    name: 'Fuel filter, main',
    words: 'Fine filter ahead of the injection pump. Bleed the system after the change.',
    shelf: ['Engine filters', 'Fuel filters'],
    price: 14.5,
    grams: 480,
    pull: 3,
    attributes: { 'filter fineness': '3 µm' },
  },
  {
    digit: '22',
    suffix: 'A',
    name: 'Fuel pre-filter with water separator',
    words: 'Separates water and coarse dirt, with drain valve; sensor port M14×1.5.',
    shelf: ['Engine filters', 'Fuel filters'],
    price: 19.8,
    grams: 710,
    pull: 1.7,
    attributes: { 'filter fineness': '10 µm', 'drain valve': 'yes' },
  },
  {
    digit: '30',
    suffix: 'A',
    name: 'Air filter, primary element',
    words: 'Radial-seal primary element. Clean from the inside at most five times, then renew.',
    shelf: ['Engine filters', 'Air filters'],
    price: 27.5,
    grams: 1250,
    pull: 2.6,
    attributes: { 'seal': 'radial' },
  },
  {
    digit: '30',
    suffix: 'B',
    name: 'Air filter, safety element',
    words: 'Inner safety element. Never clean it; renew at every third change of the primary element.',
    shelf: ['Engine filters', 'Air filters'],
    price: 17.9,
    grams: 420,
    pull: 0.9,
    attributes: { 'seal': 'radial' },
  },
  {
    digit: '40',
    suffix: 'A',
    name: 'Cab filter, dust',
    words: 'Paper element for the cab air intake, category 2 of EN 15695.',
    shelf: ['Cab filters', 'Dust filters'],
    price: 18.6,
    grams: 390,
    pull: 1.5,
    attributes: { 'cab category': '2' },
  },
  {
    digit: '40',
    suffix: 'C',
    name: 'Cab filter, activated carbon',
    words: 'Combined dust, aerosol and vapour element for spraying work, category 4 of EN 15695.',
    shelf: ['Cab filters', 'Carbon filters'],
    price: 96,
    grams: 980,
    pull: 0.5,
    attributes: { 'cab category': '4' },
  },
  {
    digit: '50',
    suffix: 'A',
    name: 'Hydraulic return filter element',
    words: 'Glass-fibre element for the return line, β10 ≥ 200, with bypass at 1.7 bar.',
    shelf: ['Hydraulic filters', 'Return filters'],
    price: 34,
    grams: 850,
    pull: 1.6,
    attributes: { 'filter fineness': '10 µm' },
  },
  {
    digit: '52',
    suffix: 'A',
    name: 'Hydraulic suction strainer',
    words: 'Washable wire-mesh strainer in the transmission housing.',
    shelf: ['Hydraulic filters', 'Suction filters'],
    price: 28,
    grams: 540,
    pull: 0.4,
    attributes: { 'mesh': '125 µm' },
  },
  {
    digit: '60',
    suffix: 'A',
    name: 'Transmission oil filter',
    words: 'Pressure filter for the powershift transmission. Change every 1,000 h.',
    shelf: ['Hydraulic filters', 'Transmission filters'],
    price: 39,
    grams: 900,
    pull: 1.1,
    attributes: { 'filter fineness': '20 µm' },
  },
];

/** Filters; numbers hold the machine series (`FIL-0510-A`: series 05, engine oil). */
export function* filters(): Generator<ProductSpec> {
  for (const machine of machines) {
    for (const kind of FILTERS) {
      yield spec({
        sku: `FIL-${machine.code}${kind.digit}-${kind.suffix}`,
        name: `${kind.name}, fits ${machine.models}`,
        description: `${kind.words} Fits ${machine.kind} ${machine.models}, engine ${machine.engine}.`,
        category: ['Filters', ...kind.shelf],
        grams: kind.grams * machine.size * 0.75,
        price: kind.price * (0.65 + machine.size * 0.35),
        attributes: { ...kind.attributes, 'fits': machine.models, 'engine': machine.engine },
        season: kind.suffix === 'C' ? 'spring' : 'harvest',
        pull: kind.pull * machine.share,
        series: machine.code,
      });
    }
  }
  // An earlier number that remains in many workshop lists.
  yield spec({
    sku: 'FIL-0412-A',
    name: 'Engine oil filter, long-life, fits TF 4080–4110',
    description:
      'Synthetic spin-on filter for the 750 h interval. Fits narrow-track tractor TF 4080–4110, engine TD 3.8.',
    category: ['Filters', 'Engine filters', 'Oil filters'],
    grams: 680,
    price: 15.4,
    attributes: { 'filter fineness': '12 µm', 'fits': 'TF 4080–4110', 'engine': 'TD 3.8' },
    season: 'harvest',
    pull: 2.2,
    series: '04',
  });
}

/** Number block, name, what the description adds, shelf, price, grams, pull. */
const ENGINE_PARTS = [
  ['110', 'Cylinder head gasket', 'Multi-layer steel, 1.30 mm, one notch', ['Gaskets', 'Head gaskets'], 48, 340, 0.35],
  ['114', 'Rocker cover gasket', 'Rubber moulding with sealing washers', ['Gaskets', 'Cover gaskets'], 12.5, 160, 0.7],
  [
    '119',
    'Gasket set, upper engine',
    'Head gasket, valve stem seals, manifold gaskets and O-rings',
    ['Gaskets', 'Gasket sets'],
    128,
    1100,
    0.25,
  ],
  ['132', 'Water pump with gasket', 'Cast-iron housing, ceramic face seal', ['Cooling', 'Water pumps'], 96, 3200, 0.5],
  [
    '134',
    'Thermostat 82 °C',
    'Wax element with seal ring, opens at 82 °C, fully open at 94 °C',
    ['Cooling', 'Thermostats'],
    17.5,
    190,
    0.9,
  ],
  ['136', 'Radiator hose, upper', 'EPDM with fabric insert, up to 130 °C', ['Cooling', 'Coolant hoses'], 22, 460, 0.7],
  ['137', 'Radiator hose, lower', 'EPDM with fabric insert, up to 130 °C', ['Cooling', 'Coolant hoses'], 24, 520, 0.6],
  ['142', 'Belt tensioner', 'Automatic tensioner with steel pulley', ['Drive', 'Tensioners'], 68, 1300, 0.5],
  [
    '151',
    'Glow plug 12 V',
    'Fast-heating metal plug, M10×1, tightening torque 15 Nm',
    ['Fuel and ignition', 'Glow plugs'],
    16.8,
    60,
    1.3,
  ],
  [
    '153',
    'Injector, exchange',
    'Common-rail injector, tested, with copper washer; the core charge is refunded',
    ['Fuel and ignition', 'Injectors'],
    245,
    620,
    0.35,
  ],
  [
    '155',
    'Fuel lift pump 12 V',
    'Electric feed pump with filter sieve, 0.6 bar',
    ['Fuel and ignition', 'Feed pumps'],
    72,
    540,
    0.4,
  ],
  [
    '161',
    'Turbocharger',
    'New, with gaskets and oil feed banjo bolts',
    ['Air and exhaust', 'Turbochargers'],
    640,
    9200,
    0.12,
  ],
  ['163', 'Exhaust clamp, stainless', 'V-band clamp, AISI 304, M8 T-bolt', ['Air and exhaust', 'Clamps'], 14, 170, 0.5],
] as const;

function enginePart(machine: MachineSeries, row: (typeof ENGINE_PARTS)[number]): ProductSpec {
  const [block, name, words, shelf, price, grams, pull] = row;
  const single = block === '151' || block === '153';
  return spec({
    sku: `ENG-${machine.code}${block}`,
    name: `${name}, ${machine.engine}, fits ${machine.models}`,
    description: `${words}. For engine ${machine.engine} (${machine.cylinders} cylinders) in ${machine.kind} ${machine.models}.${single ? ` One per cylinder, ${machine.cylinders} per engine.` : ''}`,
    category: ['Engine', ...shelf],
    unit: block === '119' ? 'SET' : 'EA',
    grams: grams * (0.6 + machine.size * 0.4),
    price: price * (0.6 + machine.size * 0.4),
    attributes: { 'engine': machine.engine, 'cylinders': String(machine.cylinders), 'fits': machine.models },
    season: block === '151' ? 'winter' : 'even',
    pull: pull * machine.share,
    usual: single ? Math.min(machine.cylinders, 4) : 1,
    series: machine.code,
  });
}

/** Gaskets, cooling, injection, turbochargers and radiators. */
export function* engineParts(): Generator<ProductSpec> {
  for (const machine of machines) {
    for (const row of ENGINE_PARTS) yield enginePart(machine, row);
  }
  for (const [index, mm] of [16, 20, 25, 32, 40, 50, 60, 70].entries()) {
    yield spec({
      sku: `ENG-HC${padded(mm, 3)}`,
      name: `Hose clamp ${mm}–${mm + 8 + index * 2} mm, W2`,
      description: `Worm-drive clamp to DIN 3017-1, band stainless 1.4016, screw zinc-plated, ${mm < 25 ? 9 : 12} mm wide.`,
      category: ['Engine', 'Cooling', 'Hose clamps'],
      rules: { minimum: 10, increment: 10 },
      grams: 10 + index * 4,
      price: 0.62 + index * 0.11,
      attributes: { 'clamping range': `${mm}–${mm + 8 + index * 2} mm`, 'standard': 'DIN 3017-1', 'material': 'W2' },
      pull: 1.1,
      usual: 10,
    });
  }
}
