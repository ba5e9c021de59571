import { DATA, field, inStretch, type Projection } from './projection.ts';

const DEPLOYED = inStretch('model.deployed');
const DEVICE = field('deviceId');

/** Model versions: as candidates of the centre, as wanted here, and as answered by this device. */
export const models: Projection = {
  name: 'models',
  version: 1,
  tables: ['models'],
  steps: [
    {
      types: ['model.trained'],
      sql: `
INSERT INTO models (version, task, stage, trained)
SELECT e.subject, ${field('model.task')}, 'candidate', ${DATA}
FROM events e WHERE ${inStretch('model.trained')} ORDER BY e.position
ON CONFLICT(version) DO UPDATE SET trained = excluded.trained`,
    },
    {
      types: ['model.deployed'],
      sql: `
INSERT INTO models (version, task, stage, wanted, request, request_position)
SELECT e.subject, ${field('model.task')}, 'candidate', ${field('deploymentId')}, ${DATA}, e.position
FROM events e WHERE ${DEPLOYED} AND ${DEVICE} IS NULL ORDER BY e.position
ON CONFLICT(version) DO UPDATE SET wanted = excluded.wanted, request = excluded.request,
  request_position = excluded.request_position`,
    },
    {
      types: ['model.deployed'],
      sql: `
INSERT INTO models (version, task, stage, stage_position, answered, answer)
SELECT e.subject, ${field('model.task')}, ${field('stage')}, e.position, ${field('deploymentId')}, ${DATA}
FROM events e WHERE ${DEPLOYED} AND ${DEVICE} IS NOT NULL ORDER BY e.position
ON CONFLICT(version) DO UPDATE SET stage = excluded.stage, stage_position = excluded.stage_position,
  answered = excluded.answered, answer = excluded.answer`,
    },
  ],
};

const report = (type: string, kind: string) => ({
  types: [type],
  sql: `
INSERT INTO model_reports (version, kind, snapshot, position)
SELECT ${field('model.version')}, ${kind}, ${DATA}, e.position
FROM events e WHERE ${inStretch(type)} ORDER BY e.position
ON CONFLICT(version, kind) DO UPDATE SET snapshot = excluded.snapshot, position = excluded.position`,
});

/** What was last reported on a model version: how it performs, and how it has drifted. */
export const modelReports: Projection = {
  name: 'model-reports',
  version: 1,
  tables: ['model_reports'],
  steps: [
    report('model.performance.reported', "'performance'"),
    report('model.drift.detected', `'drift-' || (${field('kind')})`),
    report('embedding.drift.alert', "'drift-embedding'"),
  ],
};
