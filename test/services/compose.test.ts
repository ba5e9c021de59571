import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kafkaConfig } from '../../scripts/services/kafka-config.ts';

const compose = readFileSync(join(import.meta.dirname, '../../compose.yaml'), 'utf8');

/** What has to be another in a container: where it listens, and its folder. */
const OF_THE_CONTAINER = ['listeners', 'controller.quorum.voters', 'log.dirs', 'heap.opts'];

describe('compose.yaml', () => {
  it('sets Kafka up as the services do', () => {
    // The image turns KAFKA_NODE_ID into node.id.
    const inContainer = [...compose.matchAll(/^ +KAFKA_([A-Z_]+): '?(.*?)'?$/gm)].map(
      ([, name = '', value]) => [name.toLowerCase().replaceAll('_', '.'), value] as const,
    );
    expect(inContainer.length).toBeGreaterThan(20);
    const here = kafkaConfig({ port: 9092, controllerPort: 9093, dataFolder: '/data' }).split('\n');
    for (const [name, value] of inContainer) {
      if (OF_THE_CONTAINER.includes(name) || name === 'listener.security.protocol.map') continue;
      expect(here).toContain(`${name}=${value}`);
    }
  });

  it('publishes every port on loopback only', () => {
    const published = [...compose.matchAll(/^ +- (\S+):(\d+):(\d+)$/gm)].map(([, address]) => address);
    expect(published).toEqual(Array.from({ length: 5 }, () => '127.0.0.1'));
  });

  it('has JetStream write to the disk before it acknowledges', () => {
    expect(compose).toContain('sync_interval: "always"');
  });
});
