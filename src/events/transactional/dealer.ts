import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

const dealerProfile = z.object({
  dealerId: field.dealerId,
  name: field.text(200),
  legalName: field.text(200).optional(),
  segment: z.enum(['platinum', 'gold', 'silver', 'bronze', 'new']),
  currency: field.currency,
  priceListId: field.id,
  language: z.string().min(2).max(16).describe('BCP 47'),
  timeZone: z.string().min(1).max(64).describe('IANA time zone'),
  address: z.object({
    street: field.text(200),
    postalCode: field.text(20),
    city: field.text(100),
    countryCode: z.string().length(2).describe('ISO 3166-1 alpha-2'),
  }),
  contactName: field.text(120).optional(),
  contactEmail: z.email().max(200).optional(),
  specialties: z.array(field.text(80)).max(50),
  creditLimitMinor: field.minorUnits.optional(),
  taxRateBasisPoints: field.basisPoints,
  taxVersion: field.id,
  version: field.version,
  validFrom: field.instant,
});

export type DealerProfile = z.infer<typeof dealerProfile>;

const example: DealerProfile = {
  dealerId: 'D042',
  name: 'Hallertau Landtechnik',
  legalName: 'Hallertau Landtechnik GmbH & Co. KG',
  segment: 'gold',
  currency: 'EUR',
  priceListId: 'EU-2026',
  language: 'de-DE',
  timeZone: 'Europe/Berlin',
  address: { street: 'Ingolstädter Str. 14', postalCode: '85283', city: 'Wolnzach', countryCode: 'DE' },
  contactName: 'M. Huber',
  contactEmail: 'teile@hallertau-landtechnik.example',
  specialties: ['hop machinery', 'compact tractors'],
  creditLimitMinor: 12_500_000,
  taxRateBasisPoints: 1900,
  taxVersion: 'DE-2026',
  version: 3,
  validFrom: '2026-01-01T00:00:00.000Z',
};

const shared = {
  layer: 'transactional',
  direction: 'down',
  lane: 'live',
  producer: 'dealer-service',
  patterns: ['event-carried-state-transfer'],
  personal: ['contactName', 'contactEmail'],
  schema: dealerProfile,
  example,
  subject: (data: DealerProfile) => data.dealerId,
} as const;

export const dealerCreated = defineEvent({
  ...shared,
  type: 'dealer.created',
  consumers: ['crm', 'analytics', 'llm-orchestrator', 'edge'],
  purpose: 'Register a new dealer and have its profile embedded.',
});

export const dealerUpdated = defineEvent({
  ...shared,
  type: 'dealer.updated',
  consumers: ['analytics', 'forecasting', 'edge'],
  purpose: 'Update profile, segment, price list and engagement figures of a dealer.',
});
