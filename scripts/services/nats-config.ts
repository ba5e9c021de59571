/** What nats-server is configured with, besides the ports. */
export interface NatsSettings {
  readonly name: string;
  readonly host?: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly webSocketPort?: number;
  /** Where JetStream keeps its streams; no JetStream unless given. */
  readonly storeDir?: string;
  /**
   * `always`: what is acknowledged is on the disk. The server's own default writes it out every two minutes, and a
   * power cut then takes everything acknowledged since.
   */
  readonly syncInterval?: string;
  /** Further settings of JetStream. */
  readonly jetStreamExtra?: Readonly<Record<string, unknown>>;
  /** Further lines of configuration. */
  readonly extra?: string;
}

/** The configuration file of a server; JSON values are part of its syntax. */
export function natsConfig(settings: NatsSettings): string {
  const host = settings.host ?? '127.0.0.1';
  const lines: Record<string, unknown> = {
    server_name: settings.name,
    listen: `${host}:${settings.port}`,
    http: `${host}:${settings.monitorPort}`,
    ...(settings.storeDir === undefined
      ? {}
      : {
          jetstream: {
            store_dir: settings.storeDir,
            sync_interval: settings.syncInterval ?? 'always',
            ...settings.jetStreamExtra,
          },
        }),
    ...(settings.webSocketPort === undefined
      ? {}
      : { websocket: { listen: `${host}:${settings.webSocketPort}`, no_tls: true } }),
  };
  const text = Object.entries(lines).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `${[...text, ...(settings.extra === undefined ? [] : [settings.extra])].join('\n')}\n`;
}
