import { describe, expect, it } from 'vitest';
import { type Observer, problemOf } from './observer.ts';

export function protocolContract(observer: Observer): void {
  describe('the protocol', () => {
    const shop = observer.shared();

    it.each(['/no/such/route', '/v2/orders', '/v1/orders/a/b/c', '/%', '/v1/%2e%2e/orders'])(
      'answers 404 at %s',
      async (path) => {
        const answer = await shop.box.get(path);
        expect([answer.status, problemOf(answer)]).toEqual([404, 'not-found']);
      },
    );

    it.each([
      ['PUT', '/v1/orders', 'GET, HEAD, OPTIONS, POST'],
      ['DELETE', '/v1/orders/x', 'GET, HEAD, OPTIONS'],
      ['GET', '/v1/orders/x/cancel', 'OPTIONS, POST'],
      ['PATCH', '/v1/products/HOSE-08', 'GET, HEAD, OPTIONS'],
      ['POST', '/v1/notifications', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ])('answers 405 to %s %s, with what it allows', async (method, path, allow) => {
      const answer = await shop.box.send(path, { method });
      expect([answer.status, problemOf(answer), answer.headers.get('allow')]).toEqual([
        405,
        'method-not-allowed',
        allow,
      ]);
    });

    it('answers OPTIONS with what an address allows', async () => {
      const answer = await shop.box.send('/v1/orders', { method: 'OPTIONS' });
      expect([answer.status, answer.text, answer.headers.get('allow')]).toEqual([204, '', 'GET, HEAD, OPTIONS, POST']);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    });

    it.each([
      '/v1/orders',
      '/v1/products/HOSE-08',
      '/livez',
      '/openapi.json',
      '/v1/notifications',
      '/v1/products/NO-SUCH',
    ])('answers HEAD %s like GET, without a body', async (path) => {
      const head = await shop.box.send(path, { method: 'HEAD' });
      const get = await shop.box.target.fetch(path);
      await get.body?.cancel();
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    });

    it('streams notifications', async () => {
      const response = await shop.box.target.fetch('/v1/notifications');
      expect(await observer.check.problemsOf('GET', '/v1/notifications', response)).toEqual([]);
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      await response.body?.cancel();
      expect(problemOf(await shop.box.get('/v1/notifications?after=-1'))).toBe('validation-failed');
    });

    it('describes itself with OpenAPI 3.1 and a page to read', async () => {
      expect(observer.check.document.openapi).toBe('3.1.0');
      expect((await shop.box.get('/docs')).text).toContain('swagger-ui');
    });

    it('has been asked every operation that it describes, and has kept to every schema', () => {
      expect(observer.check.operations.length).toBeGreaterThan(28);
      expect(observer.check.unseen).toEqual([]);
    });
  });
}
