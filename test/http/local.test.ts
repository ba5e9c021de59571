import { describe, expect, it } from 'vitest';
import { openLocalTarget } from '../support/http-target.ts';
import { OpenApiCheck } from '../support/openapi-check.ts';
import { httpContract } from './http.contract.ts';

httpContract('the HTTP contract on a libSQL file', openLocalTarget);

describe('the OpenAPI document', () => {
  it('has every route of the app', async () => {
    const target = await openLocalTarget();
    const { operations } = new OpenApiCheck(await (await target.fetch('/openapi.json')).json());
    const routes = target.app.routes
      .filter((route) => route.method !== 'ALL')
      .map((route) => `${route.method.toLowerCase()} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(new Set(routes)).toEqual(new Set([...operations, 'get /openapi.json', 'get /docs']));
    await target.close();
  });
});
