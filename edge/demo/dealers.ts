import type { DealerProfile } from '../../src/events/transactional/dealer.ts';

const common = { segment: 'gold', currency: 'EUR', priceListId: 'EU-2026', language: 'de-DE', version: 1 } as const;
const germany = { timeZone: 'Europe/Berlin', taxRateBasisPoints: 1900, taxVersion: 'DE-2026' } as const;

/** The dealers of the demo. The dealer of this box comes first; an unknown id gets the first profile's particulars. */
export function demoDealers(dealerId: string, validFrom: string): [DealerProfile, ...DealerProfile[]] {
  const hallertau: DealerProfile = {
    ...common,
    ...germany,
    dealerId: 'D042',
    name: 'Hallertau Landtechnik',
    legalName: 'Hallertau Landtechnik GmbH & Co. KG',
    address: { street: 'Ingolstädter Str. 14', postalCode: '85283', city: 'Wolnzach', countryCode: 'DE' },
    contactName: 'M. Huber',
    contactEmail: 'teile@hallertau-landtechnik.example',
    specialties: ['hop machinery', 'compact tractors'],
    creditLimitMinor: 12_500_000,
    validFrom,
  };
  const others: DealerProfile[] = [
    {
      ...common,
      ...germany,
      dealerId: 'D017',
      name: 'Börde Agrartechnik',
      legalName: 'Börde Agrartechnik GmbH',
      segment: 'platinum',
      address: { street: 'Magdeburger Chaussee 88', postalCode: '39387', city: 'Oschersleben', countryCode: 'DE' },
      contactName: 'K. Lindner',
      contactEmail: 'ersatzteile@boerde-agrartechnik.example',
      specialties: ['combine harvesters', 'sugar beet', 'large tractors'],
      creditLimitMinor: 40_000_000,
      validFrom,
    },
    {
      ...common,
      dealerId: 'D108',
      name: 'Tiroler Baumaschinen',
      legalName: 'Tiroler Baumaschinen GesmbH',
      segment: 'silver',
      language: 'de-AT',
      timeZone: 'Europe/Vienna',
      taxRateBasisPoints: 2000,
      taxVersion: 'AT-2026',
      address: { street: 'Innsbrucker Straße 51', postalCode: '6130', city: 'Schwaz', countryCode: 'AT' },
      contactName: 'S. Egger',
      contactEmail: 'lager@tiroler-baumaschinen.example',
      specialties: ['mini excavators', 'wheel loaders', 'winter service'],
      creditLimitMinor: 6_000_000,
      validFrom,
    },
  ];
  const all = [hallertau, ...others];
  const own = all.find((dealer) => dealer.dealerId === dealerId) ?? { ...hallertau, dealerId };
  return [own, ...all.filter((dealer) => dealer.dealerId !== own.dealerId).slice(0, 2)];
}
