import { kafka } from './kafka.ts';
import { nats } from './nats.ts';
import { registry } from './registry.ts';
import type { Service } from './service.ts';

/** Every service. They do not need each other, so they start at once. */
export const services: readonly Service[] = [nats, kafka, registry];
