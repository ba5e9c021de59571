import { defineCommand } from 'citty';
import { lanes, resend, resetDown, skipGap } from './bridge-lanes.ts';
import { bridgeArgs, bridgeRun } from './bridge-run.ts';

export const bridge = defineCommand({
  meta: {
    name: 'bridge',
    description:
      'Carry events between the hub (NATS_URL) and Kafka (KAFKA_BROKERS), exactly once; run as many copies as you like',
  },
  args: bridgeArgs,
  default: 'run',
  subCommands: { run: bridgeRun, lanes, resend, 'skip-gap': skipGap, 'reset-down': resetDown },
});
