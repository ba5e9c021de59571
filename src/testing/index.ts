/** For the tests of programs that embed the runtime or add deciders to it. */
export { given, refusalOf } from './given-when-then.ts';
export { type SimulatedPorts, simulatedPorts } from './simulated-ports.ts';
