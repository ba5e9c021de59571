/** Forecasts of demand: classical methods, the router that chooses among them, and the stock levels they lead to. */
export * from './demand-class.ts';
export { createGlobalForecaster, type GlobalForecaster } from './global/global-forecaster.ts';
export * from './local-forecaster.ts';
export { type Ahead, type ForecastMethod, LEVELS, type Prediction } from './method.ts';
export { METHODS } from './methods.ts';
export * from './replenishment.ts';
export { createRouter, router } from './router.ts';
