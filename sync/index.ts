/** The link to the centre: the ports. */
export * from './core/ports.ts';
