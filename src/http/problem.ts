import { EdgeError, type ErrorCode } from '../core/errors.ts';

/** The content type of every error. */
export const PROBLEM_JSON = 'application/problem+json';

/** What every answer carries. */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The stable `type` of an error. */
export function problemType(code: ErrorCode): string {
  return `urn:dealeriq:problem:${code}`;
}

/** An error as a problem document (RFC 9457). */
export function problemDocument(error: EdgeError): Record<string, unknown> {
  return {
    type: problemType(error.code),
    title: error.title,
    status: error.status,
    detail: error.detail,
    ...(error.violations.length === 0 ? {} : { violations: error.violations }),
    ...error.extra,
  };
}

/** The answer to a request that failed. What is not one of ours is told to the log, not to the caller. */
export function problemResponse(error: unknown, report: (error: unknown) => void): Response {
  let known: EdgeError;
  if (error instanceof EdgeError) {
    known = error;
  } else {
    report(error);
    known = new EdgeError(
      'internal',
      'The request failed for a reason on our side; the log has it. Trying again may help.',
    );
  }
  return new Response(JSON.stringify(problemDocument(known)), {
    status: known.status,
    headers: { 'content-type': PROBLEM_JSON, ...SECURITY_HEADERS },
  });
}
