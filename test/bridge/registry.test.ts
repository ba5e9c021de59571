import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../src/events/catalog.ts';
import { natsUpSubject } from '../../src/events/names.ts';
import { judgeUp } from '../../sync/bridge/registry/contract.ts';
import { openPayloadCodec } from '../../sync/bridge/registry/open-codec.ts';
import { type RegistryClient, registryClient } from '../../sync/bridge/registry/registry-client.ts';
import { openSchemaCache } from '../../sync/bridge/registry/schema-cache.ts';
import {
  type CatalogSubject,
  catalogSubjects,
  checkSubjects,
  registerSubjects,
  type SchemaFormat,
} from '../../sync/bridge/registry/subjects.ts';
import { type RegistryServer, registryOrSkip, startRegistry } from '../support/registry-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const binary = await registryOrSkip();
let server: RegistryServer;

beforeAll(async () => {
  if (binary !== undefined) server = await startRegistry();
}, 60_000);

afterAll(() => server?.dispose());

describe.skipIf(binary === undefined).each<SchemaFormat>(['avro', 'json'])(
  'a schema registry that holds %s',
  (format) => {
    const folder = temporaryFolder();
    const cacheFile = join(folder.path, 'schemas.json');
    const order = definitionOf('order.placed')?.example;
    let client: RegistryClient;
    let number = 0;

    beforeAll(() => {
      client = registryClient({ url: server.url, retries: 1 });
    });

    afterAll(() => folder.remove());

    /** Subjects of its own for each test. */
    const freshPrefix = () => `t${process.pid}-${format}-${++number}-${Date.now()}`;
    const open = (prefix: string, cached = false) =>
      openPayloadCodec({
        client,
        format,
        prefix,
        ...(cached ? { cache: openSchemaCache({ registry: client.url, file: cacheFile }) } : {}),
      });
    const subjectOf = (type: string, prefix: string): CatalogSubject => {
      const found = catalogSubjects(format, prefix).find((one) => one.type === type);
      if (found === undefined) throw new Error(`no subject of ${type}`);
      return found;
    };

    test('takes every subject of the catalogue once, and keeps it when asked again by two at once', async () => {
      const subjects = catalogSubjects(format, freshPrefix());
      const [first, second] = await Promise.all([
        registerSubjects(client, subjects),
        registerSubjects(client, subjects),
      ]);
      expect(first.map(({ id }) => id)).toEqual(second.map(({ id }) => id));
      const again = await registerSubjects(client, subjects);
      expect(again.map(({ outcome }) => outcome)).toEqual(subjects.map(() => 'kept'));
      expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
      for (const { subject } of subjects) expect(await client.versions(subject)).toEqual([1]);
      expect(await checkSubjects(client, subjects)).toEqual([]);
    });

    test('takes an optional field that is added, and refuses a type that changes, with a reason', async () => {
      const prefix = freshPrefix();
      const subject = subjectOf('order.accepted', prefix);
      await registerSubjects(client, [subject]);
      const grown = evolved(subject, 'add');
      expect(await checkSubjects(client, [grown])).toEqual([]);
      expect(await registerSubjects(client, [grown])).toMatchObject([{ outcome: 'created' }]);
      const broken = evolved(subject, 'break');
      const [problem] = await checkSubjects(client, [broken]);
      expect(problem).toMatchObject({ type: 'order.accepted', registeredVersion: 2 });
      expect(problem?.messages.join()).toMatch(/currency|long|string/i);
      if (format === 'avro') {
        await expect(registerSubjects(client, [broken])).rejects.toMatchObject({
          code: 'incompatible-schema',
          extra: { registryMessage: expect.stringMatching(/not compatible|incompatible/i) },
        });
      }
    });

    test('says of a later schema what it wrote, and of ours to a later reader', async () => {
      const prefix = freshPrefix();
      const { codec, schemas } = open(prefix);
      await schemas.prepare();
      const subject = subjectOf('order.accepted', prefix);
      const data = definitionOf('order.accepted')?.example as object;
      const ours = codec.encode('order.accepted', 1, data);

      // A later writer has the field in its schema.
      const version = { ...evolved(subject, 'add'), version: 1 };
      const id = await client.register(subject.subject, version);
      const later = openPayloadCodec({ client, format, prefix, cache: cacheOf(version, id), register: false });
      expect(await later.codec.decode(ours.value)).toMatchObject({ type: 'order.accepted', data });
      const written = await writtenBy(version, id, { ...data, carrier: 'DHL' });
      expect(await codec.decode(written)).toEqual({
        type: 'order.accepted',
        schemaId: id,
        data: { ...data, carrier: 'DHL' },
      });
    });

    // JSON Schema has no reader's side: the catalogue's validation judges what it reads.
    if (format === 'avro') {
      test('has a schema that ours cannot read, and what it wrote is refused', async () => {
        const { codec } = open(freshPrefix());
        const foreign = evolved(subjectOf('order.accepted', freshPrefix()), 'break');
        const id = await client.register(foreign.subject, foreign);
        const written = await writtenBy(foreign, id, {
          ...(definitionOf('order.accepted')?.example as object),
          currency: 5,
        });
        await expect(codec.decode(written)).rejects.toMatchObject({ code: 'incompatible-schema' });
      });
    }

    test('goes on from the cache while it is down, after a restart too, and waits for what is not there', {
      timeout: 60_000,
    }, async () => {
      const prefix = freshPrefix();
      const before = open(prefix, true);
      expect(await before.schemas.prepare()).toEqual({ from: 'registry', missing: [] });
      const { value } = before.codec.encode('order.placed', 1, order);
      await server.kill();
      try {
        expect(before.codec.encode('order.placed', 1, order).value).toEqual(value);
        const after = open(prefix, true);
        expect(await after.schemas.prepare()).toEqual({ from: 'cache', missing: [] });
        expect(after.codec.encode('order.placed', 1, order).value).toEqual(value);
        expect(await after.codec.decode(value)).toMatchObject({ type: 'order.placed', data: order });
        const unknown = Uint8Array.from([0, 0, 127, 127, 127, 1]);
        await expect(after.codec.decode(unknown)).rejects.toMatchObject({ code: 'registry-unavailable' });
        const without = open(freshPrefix());
        expect((await without.schemas.prepare()).missing).toContain('order.placed');
        expect(() => without.codec.encode('order.placed', 1, order)).toThrow('registry-unavailable');
        await server.start();
        expect(await without.schemas.prepare()).toEqual({ from: 'registry', missing: [] });
        expect(without.codec.encode('order.placed', 1, order).value.length).toBe(value.length);
        await expect(after.codec.decode(unknown)).rejects.toMatchObject({ code: 'contract-violation' });
      } finally {
        if (server.pid === 0) await server.start();
      }
    });

    test('lets an event of a version pass that only the registry has', async () => {
      const prefix = freshPrefix();
      const { codec, schemas } = open(prefix);
      await schemas.prepare();
      const subject = subjectOf('order.placed', prefix);
      const data = { ...(order as object), carrier: 'DHL' };
      const judge = (version: number, body: object = data) =>
        judgeUp(
          {
            subject: natsUpSubject('D042', 'live', 'order.placed'),
            dealerId: 'D042',
            attributes: {
              ...{ specversion: '1.0', id: 'i', source: 'urn:dealeriq:dealer:D042:B1', type: 'order.placed' },
              ...{ subject: 's', time: '2026-11-02T09:00:00Z', dealerid: 'D042', deviceid: 'B1', lane: 'live' },
              ...{ epoch: '1', sequence: '1', correlationid: 'c' },
              dataschema: `urn:dealeriq:schema:order.placed:${version}`,
            },
            bytes: Buffer.from(JSON.stringify(body)),
          },
          codec,
        );
      await client.register(subject.subject, evolved(subject, 'add', 3));
      expect(await judge(2)).toMatchObject({ ok: false, reasonCode: 'unknown-version' });
      const verdict = await judge(3);
      if (!verdict.ok) throw new Error(verdict.reason);
      expect(verdict.event.version).toBe(3);
      expect(verdict).not.toHaveProperty('unknownMembers');
      expect((await codec.decode(verdict.value)).data).toEqual(data);
      expect(await judge(3, { ...data, currency: 5 })).toMatchObject({ ok: false, reasonCode: 'invalid-payload' });
    });

    function evolved(subject: CatalogSubject, how: 'add' | 'break', version = subject.version): CatalogSubject {
      const schema = JSON.parse(subject.schema) as {
        fields: { name: string; type: unknown; default?: unknown }[];
        properties: Record<string, { type: string }>;
      };
      if (format === 'avro') {
        if (how === 'add') schema.fields.push({ name: 'carrier', type: ['null', 'string'], default: null });
        else for (const field of schema.fields) if (field.name === 'currency') field.type = 'long';
      } else if (how === 'add') schema.properties.carrier = { type: 'string' };
      else schema.properties.currency = { type: 'integer' };
      return { ...subject, schema: JSON.stringify({ ...schema, 'dealeriq.version': version }) };
    }

    function cacheOf({ schema, schemaType }: CatalogSubject, id: number) {
      const cache = openSchemaCache({ registry: client.url });
      cache.rememberSchema(id, { schema, schemaType });
      return cache;
    }

    /** What another program writes with a schema: by the library itself, not by our codec. */
    async function writtenBy({ schema }: CatalogSubject, id: number, data: unknown): Promise<Uint8Array> {
      const header = Buffer.alloc(5);
      header.writeInt32BE(id, 1);
      if (format === 'json') return Buffer.concat([header, Buffer.from(JSON.stringify(data))]);
      const { default: avro } = await import('avsc');
      return Buffer.concat([header, avro.Type.forSchema(JSON.parse(schema) as never).toBuffer(data)]);
    }
  },
);
