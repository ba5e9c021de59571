import { misfits } from './json-schema.ts';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: unknown }>> }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Compares answers with an OpenAPI document, and remembers which operations were seen. */
export class OpenApiCheck {
  readonly document: Document;
  readonly #seen = new Set<string>();
  readonly #matchers: readonly { path: string; pattern: RegExp }[];

  constructor(document: unknown) {
    this.document = document as Document;
    this.#matchers = Object.keys(this.document.paths).map((path) => ({
      path,
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  /** Every operation of the document, as `get /v1/orders`. */
  get operations(): readonly string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
  }

  /** The operations that no answer was checked for. */
  get unseen(): readonly string[] {
    return this.operations.filter((operation) => !this.#seen.has(operation));
  }

  /** What of an answer the document does not say. */
  async problemsOf(method: string, url: string, response: Response): Promise<readonly string[]> {
    const [path = ''] = url.split('?');
    const matches = this.#matchers.filter((one) => one.pattern.test(path));
    // /v1/orders/{id}/cancel and the like are matched in full; a literal path wins over a parameter.
    const match = matches.find((one) => !one.path.includes('{')) ?? matches[0];
    const operation = match === undefined ? undefined : this.document.paths[match.path]?.[method.toLowerCase()];
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const name = `${method} ${url.slice(0, 200)} ${response.status}`;
    if (operation === undefined || match === undefined) {
      return [404, 405, 204].includes(response.status) || match === undefined || method === 'HEAD'
        ? []
        : [`${name}: not in the document`];
    }
    this.#seen.add(`${method.toLowerCase()} ${match.path}`);
    const answer = operation.responses[String(response.status)];
    if (answer === undefined) return [`${name}: the document has no such status`];
    if (answer.content === undefined) return [];
    const media = answer.content[type];
    if (media === undefined) return [`${name}: the document has no ${type}`];
    if (!type.endsWith('json')) return [];
    const body: unknown = await response.json();
    return misfits(media.schema, body, this.document).map((problem) => `${name} ${problem}`);
  }
}
