import { sql } from 'drizzle-orm';
import { blob, check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 * The log. It is also the outbox: a row with a sequence is pending while the sequence lies above the lane's
 * acknowledged cursor. Rows are never changed; `applied` is filled when the row is written.
 */
export const events = sqliteTable(
  'events',
  {
    /** The order of everything that happened here, gap-free. */
    position: integer('position').primaryKey(),
    id: text('id').notNull(),
    type: text('type').notNull(),
    version: integer('version').notNull(),
    source: text('source').notNull(),
    subject: text('subject').notNull(),
    time: text('time').notNull(),
    dealerId: text('dealer_id').notNull(),
    /** Lane, epoch and sequence are set on events made here; received ones have none and are not sent back. */
    lane: text('lane'),
    epoch: integer('epoch'),
    sequence: integer('sequence'),
    correlationId: text('correlation_id').notNull(),
    causationId: text('causation_id'),
    traceparent: text('traceparent'),
    /** On the first event of a command: the caller's key and the digest of the request. */
    idempotencyKey: text('idempotency_key'),
    requestDigest: text('request_digest'),
    /** The payload as it was made or arrived. */
    data: text('data').notNull(),
    /** The payload as projections read it, where that differs: upcast, or merged with the state here. */
    applied: text('applied'),
    recordedAtMs: integer('recorded_at_ms').notNull(),
  },
  (table) => [
    uniqueIndex('events_id').on(table.id),
    uniqueIndex('events_identity').on(table.lane, table.epoch, table.sequence).where(sql`sequence IS NOT NULL`),
    // Not for stock movements: their subjects are SKUs, and each would touch another page of a large log.
    index('events_subject').on(table.subject, table.position).where(sql`type <> 'inventory.changed'`),
    index('events_type').on(table.type, table.position, table.subject),
    uniqueIndex('events_idempotency').on(table.idempotencyKey).where(sql`idempotency_key IS NOT NULL`),
  ],
);

/** Received messages by their place in the source stream, so that a repeated delivery has no second effect. */
export const inbox = sqliteTable(
  'inbox',
  {
    stream: text('stream').notNull(),
    sequence: integer('sequence').notNull(),
    eventId: text('event_id').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.sequence] })],
);

/** Named positions: what was acknowledged, receipted, applied. */
export const cursors = sqliteTable('cursors', {
  name: text('name').primaryKey(),
  value: integer('value').notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});

/** Facts about this database: epoch, device, projection versions. */
export const meta = sqliteTable('meta', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});

/** Input that could not be applied, byte for byte. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    id: text('id').primaryKey(),
    status: text('status').notNull(),
    origin: text('origin').notNull(),
    type: text('type'),
    eventId: text('event_id'),
    reasonCode: text('reason_code').notNull(),
    reason: text('reason').notNull(),
    violations: text('violations').notNull(),
    contentType: text('content_type').notNull(),
    headers: text('headers').notNull(),
    payload: blob('payload', { mode: 'buffer' }).notNull(),
    attempts: integer('attempts').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
    resolvedAtMs: integer('resolved_at_ms'),
  },
  (table) => [index('dead_letters_status').on(table.status, table.receivedAtMs)],
);

/** A batch with an expectation that does not hold fails on this table's CHECK; it never holds a row. */
export const expectations = sqliteTable('expectations', { held: integer('held').notNull() }, (table) => [
  check('expectation_held', sql`${table.held} = 1`),
]);

// Read models. Each is derived from the log alone and can be dropped and rebuilt.

export const dealers = sqliteTable('dealers', {
  dealerId: text('dealer_id').primaryKey(),
  name: text('name').notNull(),
  segment: text('segment').notNull(),
  currency: text('currency').notNull(),
  priceListId: text('price_list_id').notNull(),
  profile: text('profile').notNull(),
  position: integer('position').notNull(),
});

export const products = sqliteTable(
  'products',
  {
    /** The position of the product's first event: stable over rebuilds, and the full-text index's rowid. */
    number: integer('number').primaryKey(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    category: text('category').notNull(),
    unit: text('unit').notNull(),
    status: text('status').notNull(),
    snapshot: text('snapshot').notNull(),
    updatedAt: text('updated_at').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [uniqueIndex('products_sku').on(table.sku), index('products_category').on(table.category, table.sku)],
);

export const prices = sqliteTable(
  'prices',
  {
    sku: text('sku').notNull(),
    priceListId: text('price_list_id').notNull(),
    version: integer('version').notNull(),
    effectiveFrom: text('effective_from').notNull(),
    effectiveTo: text('effective_to'),
    snapshot: text('snapshot').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sku, table.priceListId, table.version] })],
);

export const promotions = sqliteTable('promotions', {
  promotionId: text('promotion_id').primaryKey(),
  activeFrom: text('active_from').notNull(),
  activeTo: text('active_to').notNull(),
  snapshot: text('snapshot').notNull(),
  position: integer('position').notNull(),
});

export const stock = sqliteTable('stock', {
  sku: text('sku').primaryKey(),
  locationId: text('location_id').notNull(),
  unit: text('unit').notNull(),
  onHand: integer('on_hand').notNull(),
  reserved: integer('reserved').notNull(),
  available: integer('available').notNull(),
  backordered: integer('backordered').notNull(),
  version: integer('version').notNull(),
  changedAt: text('changed_at').notNull(),
  position: integer('position').notNull(),
});

/** One column a milestone: the first event of each kind. The status follows from them, in any order of arrival. */
export const orders = sqliteTable(
  'orders',
  {
    orderId: text('order_id').primaryKey(),
    orderNumber: text('order_number').notNull(),
    dealerId: text('dealer_id').notNull(),
    poNumber: text('po_number'),
    currency: text('currency').notNull(),
    netMinor: integer('net_minor').notNull(),
    grossMinor: integer('gross_minor').notNull(),
    lineCount: integer('line_count').notNull(),
    backordered: integer('backordered').notNull(),
    placedAt: text('placed_at').notNull(),
    position: integer('position').notNull(),
    lane: text('lane'),
    epoch: integer('epoch'),
    sequence: integer('sequence'),
    acceptedAt: text('accepted_at'),
    rejectedAt: text('rejected_at'),
    cancelledAt: text('cancelled_at'),
    paidAt: text('paid_at'),
    declinedAt: text('declined_at'),
    shippedAt: text('shipped_at'),
  },
  (table) => [index('orders_placed').on(table.placedAt)],
);

export const tickets = sqliteTable('tickets', {
  ticketId: text('ticket_id').primaryKey(),
  title: text('title').notNull(),
  category: text('category').notNull(),
  priority: text('priority').notNull(),
  snapshot: text('snapshot').notNull(),
  createdAt: text('created_at').notNull(),
  position: integer('position').notNull(),
});

export const feedback = sqliteTable('feedback', {
  feedbackId: text('feedback_id').primaryKey(),
  targetKind: text('target_kind').notNull(),
  targetId: text('target_id').notNull(),
  signal: text('signal').notNull(),
  snapshot: text('snapshot').notNull(),
  createdAt: text('created_at').notNull(),
  position: integer('position').notNull(),
});

/** The newest forecast of each SKU. */
export const forecasts = sqliteTable('forecasts', {
  sku: text('sku').primaryKey(),
  forecastId: text('forecast_id').notNull(),
  modelVersion: text('model_version').notNull(),
  snapshot: text('snapshot').notNull(),
  generatedAt: text('generated_at').notNull(),
  position: integer('position').notNull(),
});

/** How far forecasts were off, by SKU and closed period. */
export const forecastErrors = sqliteTable(
  'forecast_errors',
  {
    sku: text('sku').notNull(),
    periodStart: text('period_start').notNull(),
    modelVersion: text('model_version').notNull(),
    absoluteError: real('absolute_error').notNull(),
    covered: integer('covered').notNull(),
    stockedOut: integer('stocked_out').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sku, table.periodStart] })],
);

/** The newest output of the recommender of each kind. */
export const suggestions = sqliteTable('suggestions', {
  kind: text('kind').primaryKey(),
  recommendationId: text('recommendation_id').notNull(),
  snapshot: text('snapshot').notNull(),
  generatedAt: text('generated_at').notNull(),
  position: integer('position').notNull(),
});

/** Batch runs: the newest start and the newest failure of each pipeline, and how many there were. */
export const pipelineRuns = sqliteTable('pipeline_runs', {
  pipeline: text('pipeline').primaryKey(),
  runs: integer('runs').notNull(),
  failures: integer('failures').notNull(),
  startedAt: text('started_at'),
  failedAt: text('failed_at'),
  failure: text('failure'),
});

export const incidents = sqliteTable('incidents', {
  incidentId: text('incident_id').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  severity: text('severity').notNull(),
  snapshot: text('snapshot').notNull(),
  openedAt: text('opened_at').notNull(),
  resolvedAt: text('resolved_at'),
  resolution: text('resolution'),
  position: integer('position').notNull(),
});

/** What a model made of each product's text. Not from the log: the pipeline makes it again when it is lost. */
export const productVectors = sqliteTable(
  'product_vectors',
  {
    modelSha256: text('model_sha256').notNull(),
    sku: text('sku').notNull(),
    /** Of the product's event that the text was in. */
    position: integer('position').notNull(),
    /** Little-endian float32 at unit length. */
    vector: blob('vector', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.modelSha256, table.sku] })],
);

/** Model versions that this site was told of: what is wanted of each, and what became of it here. */
export const models = sqliteTable('models', {
  version: text('version').primaryKey(),
  task: text('task').notNull(),
  stage: text('stage').notNull(),
  /** Of the last answer of this device; the newest version in stage `live` serves. */
  stagePosition: integer('stage_position'),
  answered: text('answered'),
  answer: text('answer'),
  /** The deployment that the centre asked for last. */
  wanted: text('wanted'),
  request: text('request'),
  requestPosition: integer('request_position'),
  trained: text('trained'),
});

/** The newest report of each kind on each model version. */
export const modelReports = sqliteTable(
  'model_reports',
  {
    version: text('version').notNull(),
    kind: text('kind').notNull(),
    snapshot: text('snapshot').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [primaryKey({ columns: [table.version, table.kind] })],
);
