import { nats } from './nats.ts';
import type { Service } from './service.ts';

/** Every service, in the order in which they start. */
export const services: readonly Service[] = [nats];
