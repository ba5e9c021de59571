import { EdgeError } from '../../src/core/errors.ts';
import { definitions } from '../../src/events/catalog.ts';
import { avroCodec } from '../../sync/bridge/registry/avro-codec.ts';
import type { PayloadCodec } from '../../sync/bridge/registry/payload-codec.ts';
import type { SchemaSource } from '../../sync/bridge/registry/schema-source.ts';
import { catalogSubject } from '../../sync/bridge/registry/subjects.ts';

/** The Avro codec with the catalogue's own schemas, numbered from 1 in its order, so that no registry has to run. */
export interface CatalogCodec {
  readonly codec: PayloadCodec;
  /** From now on schemas cannot be had, as when a registry is down and nothing is cached. */
  goAway(): void;
  comeBack(): void;
}

export function catalogCodec(): CatalogCodec {
  const schemas = definitions.map((definition, index) => ({ ...catalogSubject(definition, 'avro'), id: index + 1 }));
  let away = false;
  const unavailable = () => new EdgeError('registry-unavailable', 'The registry is away.');
  const source: SchemaSource = {
    format: 'avro',
    prepare: () => Promise.resolve({ from: 'cache', missing: [] }),
    writerOf(type, version) {
      const found = schemas.find((one) => one.type === type && one.version === version);
      if (found === undefined) throw new EdgeError('contract-violation', `No version ${version} of ${type}.`);
      return { ...found, catalogued: true };
    },
    knows: (type, version) => schemas.some((one) => one.type === type && one.version === version),
    learn: () => Promise.resolve(false),
    async schemaOf(id) {
      if (away) throw unavailable();
      const found = schemas.find((one) => one.id === id);
      if (found === undefined) throw new EdgeError('contract-violation', `There is no schema ${id}.`);
      return found;
    },
  };
  return {
    codec: avroCodec(source),
    goAway: () => {
      away = true;
    },
    comeBack: () => {
      away = false;
    },
  };
}
