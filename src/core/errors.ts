/** One thing that is wrong with a request, with a JSON pointer (RFC 6901) to where it is. */
export interface Violation {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/**
 * Every failure that the runtime reports on purpose. `code` is stable and becomes the `type` of an RFC 9457
 * problem; `detail` says what happened, to which thing, and what to do.
 */
export class EdgeError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly violations: readonly Violation[];
  /** Further members of the problem document. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    detail: string,
    options: {
      violations?: readonly Violation[];
      extra?: Readonly<Record<string, unknown>>;
      cause?: unknown;
    } = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.name = 'EdgeError';
    this.code = code;
    this.detail = detail;
    this.violations = options.violations ?? [];
    this.extra = options.extra ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get title(): string {
    return ERRORS[this.code].title;
  }
}

/** Every error code with its HTTP status and title: the one list. */
export const ERRORS = {
  'invalid-request': { status: 400, title: 'The request cannot be read' },
  'unauthorized': { status: 401, title: 'Sign in first' },
  'forbidden': { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'idempotency-key-required': { status: 400, title: 'An Idempotency-Key header is required' },
  'idempotency-conflict': { status: 409, title: 'This Idempotency-Key belongs to another request' },
  'conflict': { status: 409, title: 'The state does not allow this' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'This content type is not accepted' },
  'invalid-order': { status: 422, title: 'The order cannot be placed as it is' },
  'price-changed': { status: 422, title: 'A price has changed since it was shown' },
  'invalid-movement': { status: 422, title: 'The stock movement is not possible' },
  'contract-violation': { status: 422, title: 'The event does not fit its schema' },
  'validation-failed': { status: 422, title: 'The request does not fit its schema' },
  'overloaded': { status: 503, title: 'Too much work is queued' },
  'storage-full': { status: 507, title: 'The disk is full' },
  'storage-unavailable': { status: 503, title: 'The database cannot be used' },
  'storage-corrupt': { status: 503, title: 'The database is damaged' },
  'storage-changed': { status: 409, title: 'Another writer changed the database' },
  'storage-conflict': { status: 409, title: 'The database does not take this' },
  'registry-unavailable': { status: 503, title: 'The schema registry cannot be used' },
  'incompatible-schema': { status: 409, title: 'The schema does not fit what the registry has' },
  'invalid-config': { status: 500, title: 'The configuration is wrong' },
  'import-failed': { status: 422, title: 'The import cannot run' },
  'model-card-invalid': { status: 422, title: 'The model card cannot be read' },
  'artefact-truncated': { status: 422, title: 'The model file is not whole' },
  'artefact-digest-mismatch': { status: 422, title: 'The model file is another one' },
  'artefact-signature-invalid': { status: 403, title: 'Nobody trusted signed the model' },
  'model-mismatch': { status: 409, title: 'The vector belongs to another model' },
  'internal': { status: 500, title: 'An unexpected error' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;
