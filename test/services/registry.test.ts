import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryServer, registryOrSkip, startRegistry } from '../support/registry-server.ts';

const binary = await registryOrSkip();

describe.skipIf(binary === undefined)('a schema registry of its own', () => {
  let server: RegistryServer;
  beforeAll(async () => {
    server = await startRegistry();
  });
  afterAll(() => server?.dispose());

  const schema = JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'orderId', type: 'string' }] });

  async function register(subject: string): Promise<number> {
    const answer = await fetch(`${server.url}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
    });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { id: number }).id;
  }

  it('has a schema under the same id after kill -9 at the moment when it gave it out', async () => {
    const id = await register('orders-value');
    await server.restart();
    const answer = await fetch(`${server.url}/schemas/ids/${id}`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(((await answer.json()) as { schema: string }).schema)).toEqual(JSON.parse(schema));
    expect(await (await fetch(`${server.url}/subjects`)).json()).toEqual(['orders-value']);
    expect(await register('orders-value')).toBe(id);
  });

  it('is refused a port that something else has, instead of taking that for itself', async () => {
    await expect(startRegistry({ port: server.port })).rejects.toThrow(`port ${server.port} is taken`);
  });
});
