/** The link to the centre. */
export * from './core/hub.ts';
export { BEGINNING, comparePlaces, type OutboxEvent, type Place, readOutbox } from './core/outbox.ts';
export { type Resume, type ResumeInput, resume, takeOverToken } from './core/resume.ts';
export { LinkCounters } from './counters.ts';
export { jetStreamDownHub } from './jetstream/down-hub.ts';
export { provision } from './jetstream/provision.ts';
export { publishSnapshot } from './jetstream/snapshot.ts';
export { jetStreamUpHub, publishReceipt } from './jetstream/up-hub.ts';
export { type HubConnection, type LinkOptions, startLink } from './link.ts';
