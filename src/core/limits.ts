/** A limit on everything, in one place. */
export const limits = {
  /** The largest request body, in bytes. */
  bodyBytes: 1_048_576,
  /** The largest body of the event gateway (a batch), in bytes. */
  gatewayBodyBytes: 4_194_304,
  /** Events in one gateway batch. */
  gatewayBatch: 1_000,
  /** How deep a JSON body may nest. */
  jsonDepth: 32,
  orderLines: 500,
  idempotencyKeyCharacters: 120,
  pageSizeDefault: 50,
  pageSizeMax: 500,
  /** Commands that are decided and committed together. */
  commandsPerGroup: 512,
  /** Commands that may wait; one more is answered 503. */
  commandsQueued: 10_000,
  /** Entities of a kind that stay in memory. */
  cachedEntities: 20_000,
  /** Notification streams open at once. */
  notificationStreams: 200,
} as const;
