import { DATA, field, inStretch, type Projection } from './projection.ts';

/** Support tickets. */
export const tickets: Projection = {
  name: 'tickets',
  version: 1,
  tables: ['tickets'],
  steps: [
    {
      types: ['ticket.created'],
      sql: `
INSERT INTO tickets (ticket_id, title, category, priority, snapshot, created_at, position)
SELECT e.subject, ${field('title')}, ${field('category')}, ${field('priority')}, ${DATA}, ${field('createdAt')}, e.position
FROM events e WHERE ${inStretch('ticket.created')} ORDER BY e.position
ON CONFLICT(ticket_id) DO NOTHING`,
    },
  ],
};

/** What people thought of suggestions, products and orders. */
export const feedback: Projection = {
  name: 'feedback',
  version: 1,
  tables: ['feedback'],
  steps: [
    {
      types: ['feedback.submitted'],
      sql: `
INSERT INTO feedback (feedback_id, target_kind, target_id, signal, snapshot, created_at, position)
SELECT e.subject, ${field('target.kind')}, ${field('target.id')}, ${field('signal')}, ${DATA}, ${field('createdAt')}, e.position
FROM events e WHERE ${inStretch('feedback.submitted')} ORDER BY e.position
ON CONFLICT(feedback_id) DO NOTHING`,
    },
  ],
};
