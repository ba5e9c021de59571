/** The runtime on Node: a libSQL file, the HTTP server, configuration. */
export { createFileEdge, type FileEdgeOptions } from '../embedded/file-edge.ts';
export { type Config, loadConfig } from './config.ts';
export { type LibsqlOptions, openLibsql } from './libsql-driver.ts';
export { readMigrations } from './migrations.ts';
export { openFileStore, openMemoryStore } from './open-store.ts';
export { nodePorts } from './ports.ts';
export { type EdgeServer, openRuntime, startServer } from './server.ts';
