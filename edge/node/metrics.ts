import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { LANES, type Lane } from '../../src/core/event.ts';
import type { Metrics } from '../../src/core/ports.ts';
import type { Advice } from '../../src/runtime/advice.ts';
import { type Link, laneStatus } from '../../src/runtime/link.ts';
import type { Runtime } from '../../src/runtime.ts';
import type { LinkCounters } from '../../sync/counters.ts';

/** Metrics by prom-client; gauges about the log are read when Prometheus asks. */
export function nodeMetrics(
  runtime: Runtime,
  link: Link,
  counters: LinkCounters,
  advice?: Pick<Advice, 'states'>,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'dealeriq_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  // Label lookups cost more than the observation, so each combination is looked up once.
  const series = new Map<string, { observe(seconds: number): void }>();

  gauge('dealeriq_log_events', 'Events in the log', () => runtime.head());
  gauge('dealeriq_link_online', 'Whether the link to the centre is up', () =>
    link.state().state === 'online' ? 1 : 0,
  );
  laneGauge('dealeriq_outbox_pending_events', 'Events that the hub has not acknowledged', (lane) => lane.pending);
  laneGauge(
    'dealeriq_outbox_oldest_age_seconds',
    'Age of the oldest event that the hub has not acknowledged',
    (lane) => lane.oldestAgeMs / 1000,
  );
  gauge('dealeriq_dead_letters_open', 'Dead letters that wait for somebody', async () => {
    const [row] = await runtime.store.read({ sql: "SELECT count(*) AS count FROM dead_letters WHERE status = 'open'" });
    return Number(row?.count ?? 0);
  });

  const ackSeconds = new Histogram({
    name: 'dealeriq_uplink_ack_seconds',
    help: 'Time that the hub took to store a batch',
    labelNames: ['lane'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  });
  counters.onAck = (lane, milliseconds) => ackSeconds.observe({ lane }, milliseconds / 1000);
  laneCounter('dealeriq_uplink_sent_events_total', 'Events that the hub has acknowledged', counters.sentEvents);
  laneCounter('dealeriq_uplink_conflicts_total', 'Appends that another one came before', counters.conflicts);
  laneCounter('dealeriq_uplink_resends_total', 'Times that the hub had lost acknowledged events', counters.resends);
  gauge('dealeriq_downlink_applied_deliveries', 'Deliveries applied since the start', () => counters.appliedDeliveries);
  gauge('dealeriq_downlink_gaps', 'Gaps found and repaired since the start', () => counters.gaps);

  pipelineGauge('dealeriq_pipeline_runs_total', 'Runs of a pipeline, of all time', 'runs');
  pipelineGauge('dealeriq_pipeline_failures_total', 'Failed runs of a pipeline, of all time', 'failures');
  new Gauge({
    name: 'dealeriq_pipeline_last_run_seconds',
    help: 'How long the last run of a pipeline took, since the start of the box',
    labelNames: ['pipeline'],
    registers: [registry],
    collect() {
      for (const { name, lastDurationMs } of advice?.states() ?? []) {
        if (lastDurationMs !== undefined) this.set({ pipeline: name }, lastDurationMs / 1000);
      }
    },
  });

  function pipelineGauge(name: string, help: string, column: 'runs' | 'failures'): void {
    new Gauge({
      name,
      help,
      labelNames: ['pipeline'],
      registers: [registry],
      async collect() {
        const rows = await runtime.store.read({ sql: `SELECT pipeline, ${column} AS value FROM pipeline_runs` });
        for (const row of rows) this.set({ pipeline: String(row.pipeline) }, Number(row.value));
      },
    });
  }

  function laneCounter(name: string, help: string, values: Readonly<Record<Lane, number>>): void {
    new Gauge({
      name,
      help,
      labelNames: ['lane'],
      registers: [registry],
      collect() {
        for (const lane of LANES) this.set({ lane }, values[lane]);
      },
    });
  }

  function gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  }

  function laneGauge(name: string, help: string, read: (lane: Awaited<ReturnType<typeof laneStatus>>) => number): void {
    new Gauge({
      name,
      help,
      labelNames: ['lane'],
      registers: [registry],
      async collect() {
        for (const lane of LANES) this.set({ lane }, read(await laneStatus(runtime, lane)));
      },
    });
  }

  return {
    request(route, method, status, seconds) {
      const key = `${method} ${route} ${status}`;
      let one = series.get(key);
      if (one === undefined) {
        one = requests.labels(route, method, String(status));
        series.set(key, one);
      }
      one.observe(seconds);
    },
    text: () => registry.metrics(),
  };
}
