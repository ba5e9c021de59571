import { pathToFileURL } from 'node:url';

/** What one Kafka node (KRaft: broker and controller) is configured with. */
export interface KafkaSettings {
  readonly host?: string;
  /** Clients, without TLS and without signing in: they are `User:ANONYMOUS`, which may do everything. */
  readonly port: number;
  readonly controllerPort: number;
  readonly dataFolder: string;
  /** A further listener on which clients sign in over TLS. */
  readonly secure?: SecureListener;
  /**
   * How long a broker may be silent until the controller takes it for dead, in milliseconds; Kafka's own is 9,000.
   * A broker that was killed is let in again only when it is over, so it is what a restart waits for.
   */
  readonly sessionTimeoutMs?: number;
  /** Further settings, which win over those here. */
  readonly extra?: Readonly<Record<string, string | number | boolean>>;
}

/** SASL_SSL: TLS (KIP-651: keys as PEM) with SCRAM-SHA-512, and OAUTHBEARER (KIP-768) where it is set. */
export interface SecureListener {
  readonly port: number;
  /** The server's certificate and those that lead to its authority, as PEM. */
  readonly certificate: string;
  /** Its private key as PEM, PKCS #8. */
  readonly key: string;
  /** The authority of client certificates as PEM: clients need one then, besides signing in. */
  readonly clientAuthority?: string;
  readonly oauth?: OAuthListener;
  /** Principals besides `User:ANONYMOUS` that may do everything, such as `User:admin`. */
  readonly superUsers?: readonly string[];
}

export interface OAuthListener {
  /** A file with the JSON Web Key Set (RFC 7517) that signs the tokens. */
  readonly jwksFile: string;
  readonly issuer: string;
  readonly audience: string;
}

const SECURITY = 'org.apache.kafka.common.security';

/** The `server.properties` of one node, for development and tests: short queues, few partitions, loopback. */
export function kafkaConfig(settings: KafkaSettings): string {
  const { port, controllerPort, secure } = settings;
  const host = settings.host ?? '127.0.0.1';
  const sessionMs = settings.sessionTimeoutMs ?? 2_000;
  const listeners = [
    `PLAINTEXT://${host}:${port}`,
    ...(secure === undefined ? [] : [`SECURE://${host}:${secure.port}`]),
  ];
  return propertiesOf({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${host}:${controllerPort}`,
    'listeners': [...listeners, `CONTROLLER://${host}:${controllerPort}`].join(','),
    'advertised.listeners': listeners.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': settings.dataFolder,
    'broker.session.timeout.ms': sessionMs,
    'broker.heartbeat.interval.ms': Math.max(100, Math.floor(sessionMs / 5)),
    // One node: nothing can be replicated.
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Each partition is a folder that is opened at the start; the usual 50 serve large clusters.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.num.partitions': 1,
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': ['User:ANONYMOUS', ...(secure?.superUsers ?? [])].join(';'),
    'allow.everyone.if.no.acl.found': false,
    'num.network.threads': 2,
    'num.io.threads': 4,
    // The usual 128 MB would take a quarter of the heap.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    ...(secure === undefined ? {} : secureSettings(secure)),
    ...settings.extra,
  });
}

/** Options of Java that the settings need: Kafka reads only those key set addresses that are allowed by name. */
export function kafkaJavaOptions(settings: Pick<KafkaSettings, 'secure'>): string[] {
  const oauth = settings.secure?.oauth;
  return oauth === undefined
    ? []
    : [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${pathToFileURL(oauth.jwksFile)}`];
}

function secureSettings(secure: SecureListener): Record<string, string> {
  const mechanisms = ['SCRAM-SHA-512', ...(secure.oauth === undefined ? [] : ['OAUTHBEARER'])];
  const settings: Record<string, string> = {
    'sasl.enabled.mechanisms': mechanisms.join(','),
    'scram-sha-512.sasl.jaas.config': `${SECURITY}.scram.ScramLoginModule required;`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': secure.certificate,
    'ssl.keystore.key': secure.key,
    'ssl.client.auth': 'none',
  };
  if (secure.clientAuthority !== undefined) {
    settings['ssl.client.auth'] = 'required';
    settings['ssl.truststore.type'] = 'PEM';
    settings['ssl.truststore.certificates'] = secure.clientAuthority;
  }
  if (secure.oauth !== undefined) {
    const { jwksFile, issuer, audience } = secure.oauth;
    const prefix = 'oauthbearer.sasl';
    settings[`${prefix}.jaas.config`] = `${SECURITY}.oauthbearer.OAuthBearerLoginModule required;`;
    settings[`${prefix}.server.callback.handler.class`] = `${SECURITY}.oauthbearer.OAuthBearerValidatorCallbackHandler`;
    settings['sasl.oauthbearer.jwks.endpoint.url'] = String(pathToFileURL(jwksFile));
    settings['sasl.oauthbearer.expected.issuer'] = issuer;
    settings['sasl.oauthbearer.expected.audience'] = audience;
  }
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`listener.name.secure.${name}`, value]));
}

/** The format of java.util.Properties, in which a backslash escapes and a line ends a value. */
function propertiesOf(settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}\n`)
    .join('');
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replace(/\r?\n/g, '\\n').replace(/^ /, '\\ ');
}
