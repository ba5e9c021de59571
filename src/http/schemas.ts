/** What travels over HTTP. Each schema validates requests and describes itself in /openapi.json. */

export * from './schemas/advice.ts';
export * from './schemas/events.ts';
export * from './schemas/models.ts';
export * from './schemas/operations.ts';
export * from './schemas/orders.ts';
export * from './schemas/problems-and-pages.ts';
export * from './schemas/products.ts';
export * from './schemas/support.ts';
