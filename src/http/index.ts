/** The HTTP API, to mount in another app or to serve on another platform. */
export { createHttp, type HttpOptions } from './app.ts';
export { type Authenticate, localAuth, type OAuthOptions, oauth2, type Principal, type Scope, scopes } from './auth.ts';
export { problemDocument, problemType } from './problem.ts';
export * as schemas from './schemas.ts';
