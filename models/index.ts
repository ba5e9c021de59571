/** On-device models: the ports, the vector index, and what forecasts and recommends with classical methods. */
export * from './core/ports.ts';
export { VectorIndex } from './core/vectors/vector-index.ts';
export { localForecaster } from './forecasts/local-forecaster.ts';
