/** The public API of DealerIQ Edge, on web standards only. `dealeriq-edge/node` adds what Node needs. */

export type { CommandInput, CommandName } from './commands/list.ts';
export { EdgeError, ERRORS, type ErrorCode, type Violation } from './core/errors.ts';
export type { EventEnvelope, Lane, LoggedEvent, NewEvent } from './core/event.ts';
export type { Clock, Metrics, Ports, Random, Scheduler } from './core/ports.ts';
export { createEdge, type Edge, type EdgeOptions } from './create-edge.ts';
export { type Authenticate, localAuth, type OAuthOptions, oauth2, type Principal, type Scope } from './http/auth.ts';
export type { Advice, AdviceModels, StockPolicy } from './runtime/advice.ts';
export { createRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';
export type { Driver } from './store/group-commit.ts';
export { groupCommitStore } from './store/group-commit.ts';
export type { Migration } from './store/migrate.ts';
export type { Expectation, Row, SqlStatement, SqlValue, Statement, Store } from './store/store.ts';
