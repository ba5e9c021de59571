/** The event catalogue and everything derived from it. */

export type { DataOf, Direction, EventDefinition, FactOf, Layer, Pattern } from '../core/define-event.ts';
export * from '../core/event.ts';
export { asyncApiDocument } from './async-api.ts';
export { avroSchemaOf } from './avro.ts';
export { type CatalogFact, catalog, definitionOf, definitions, type EventData, type EventType } from './catalog.ts';
export { type CatalogRow, catalogRows } from './catalog-page.ts';
export { compatibilityBreaks } from './compatibility.ts';
export { jsonSchemaOf } from './json-schema.ts';
export * from './names.ts';
export { type Validation, validatePayload } from './validate.ts';
