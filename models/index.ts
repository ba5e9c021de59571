/** On-device models: the ports. */
export * from './core/ports.ts';
