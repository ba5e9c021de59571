import { EdgeError } from '../../../src/core/errors.ts';
import { type RegistrySettings, registryClient } from '../../../sync/bridge/registry/registry-client.ts';
import { catalogSubjects, checkSubjects, registerSubjects } from '../../../sync/bridge/registry/subjects.ts';
import type { Config } from '../config.ts';
import type { Section } from './topics-section.ts';

/**
 * The subjects of the schema registry. A plan also shows what would be refused.
 * @throws {EdgeError} `incompatible-schema` naming every schema that cannot follow the registered one; nothing is
 *   registered then. `registry-unavailable`.
 */
export async function provisionRegistry(config: Config, settings: RegistrySettings, dryRun: boolean) {
  const client = registryClient(settings);
  const wanted = catalogSubjects(config.SCHEMA_FORMAT, config.KAFKA_PREFIX);
  const refused = new Map((await checkSubjects(client, wanted)).map((one) => [one.subject, one.messages.join('; ')]));
  if (refused.size > 0 && !dryRun) {
    throw new EdgeError(
      'incompatible-schema',
      `No schema was registered: the registry at ${client.url} has others that these cannot follow.\n${Array.from(refused, ([subject, why]) => `${subject}: ${why}`).join('\n')}`,
    );
  }
  const subjects: { subject: string; action: 'create' | 'keep' | 'refuse'; why: string }[] = [];
  if (dryRun) {
    for (const one of wanted) {
      const why = refused.get(one.subject);
      const known = why === undefined ? await client.lookup(one.subject, one) : undefined;
      const action = why !== undefined ? 'refuse' : known === undefined ? 'create' : 'keep';
      subjects.push({ subject: one.subject, action, why: why ?? (known === undefined ? '' : `id ${known.id}`) });
    }
  } else {
    for (const { subject, id, outcome } of await registerSubjects(client, wanted)) {
      subjects.push({ subject, action: outcome === 'created' ? 'create' : 'keep', why: `id ${id}` });
    }
  }
  const section: Section = {
    title: `Schema registry at ${client.url}: ${config.SCHEMA_FORMAT}`,
    rows: subjects.map(({ subject, action, why }) => ({ action, what: subject, why })),
  };
  return { subjects, section };
}
