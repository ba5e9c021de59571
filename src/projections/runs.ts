import { DATA, field, inStretch, type Projection } from './projection.ts';

/** Batch runs by pipeline: how many, the newest one, the newest failure. */
export const runs: Projection = {
  name: 'runs',
  version: 1,
  tables: ['pipeline_runs'],
  steps: [
    {
      types: ['data.pipeline.started'],
      sql: `
INSERT INTO pipeline_runs (pipeline, runs, failures, started_at)
SELECT ${field('pipeline')}, 1, 0, ${field('startedAt')}
FROM events e WHERE ${inStretch('data.pipeline.started')} ORDER BY e.position
ON CONFLICT(pipeline) DO UPDATE SET runs = runs + 1, started_at = excluded.started_at`,
    },
    {
      types: ['ml.pipeline.failed'],
      sql: `
INSERT INTO pipeline_runs (pipeline, runs, failures, failed_at, failure)
SELECT ${field('pipeline')}, 0, 1, ${field('failedAt')}, ${field('message')}
FROM events e WHERE ${inStretch('ml.pipeline.failed')} ORDER BY e.position
ON CONFLICT(pipeline) DO UPDATE SET failures = failures + 1, failed_at = excluded.failed_at, failure = excluded.failure`,
    },
  ],
};

/** Incidents, open and resolved. */
export const incidents: Projection = {
  name: 'incidents',
  version: 1,
  tables: ['incidents'],
  steps: [
    {
      types: ['incident.created'],
      sql: `
INSERT INTO incidents (incident_id, fingerprint, severity, snapshot, opened_at, position)
SELECT e.subject, ${field('fingerprint')}, ${field('severity')}, ${DATA}, ${field('openedAt')}, e.position
FROM events e WHERE ${inStretch('incident.created')} ORDER BY e.position
ON CONFLICT(incident_id) DO NOTHING`,
    },
    {
      types: ['incident.resolved'],
      sql: `
UPDATE incidents SET resolved_at = m.resolved_at, resolution = m.resolution
FROM (SELECT e.subject AS incident_id, ${field('resolvedAt')} AS resolved_at, ${field('resolution')} AS resolution
      FROM events e WHERE ${inStretch('incident.resolved')}) m
WHERE incidents.incident_id = m.incident_id AND incidents.resolved_at IS NULL`,
    },
  ],
};
