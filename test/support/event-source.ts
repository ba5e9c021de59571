import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface SseEvent {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly position: number; readonly type: string; readonly subject: string };
}

/** A reader of Server-Sent Events over a socket, as much of the standard as the tests need. */
export class EventSourceReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: SseEvent[] = [];
  readonly comments: string[] = [];
  readonly #request: ClientRequest;
  #text = '';
  #wake: () => void = () => undefined;
  #ended = false;

  private constructor(sent: ClientRequest, response: IncomingMessage) {
    this.#request = sent;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#read(chunk));
    response.on('error', () => this.#end());
    response.on('close', () => this.#end());
  }

  static open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventSourceReader> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { headers, agent: false }, (response) =>
        resolve(new EventSourceReader(sent, response)),
      );
      sent.on('error', reject);
      sent.end();
    });
  }

  /** Resolves when a condition holds, or rejects when the stream ends first. */
  async until(
    holds: (events: readonly SseEvent[], comments: readonly string[]) => boolean,
  ): Promise<readonly SseEvent[]> {
    while (!holds(this.events, this.comments)) {
      if (this.#ended) throw new Error(`The stream ended after ${this.events.length} events.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.events;
  }

  /** Goes away without a goodbye. */
  vanish(): void {
    this.#request.destroy();
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  #read(chunk: string): void {
    this.#text += chunk;
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) break;
      this.#take(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 2);
    }
    this.#wake();
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const at = line.indexOf(':');
      if (at === 0) this.comments.push(line.slice(1).trim());
      else fields.set(line.slice(0, at), line.slice(at + 1).trim());
    }
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({
      id: fields.get('id') ?? '',
      event: fields.get('event') ?? '',
      data: JSON.parse(data) as SseEvent['data'],
    });
  }
}
