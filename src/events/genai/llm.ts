import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';
import { content, contentId, contentKind, templateReference, tokenUsage } from '../parts.ts';

const promptId = '0199a0cb-0d11-7e02-b3c4-1f2e3d4c5b6a';
const conversationId = '0199a0cb-0cfe-7a90-8d1b-6c5b4a392817';

const shared = {
  layer: 'genai',
  lane: 'live',
  subject: (data: { conversationId: string }) => data.conversationId,
} as const;

const prompt = z.object({
  promptId: field.id,
  conversationId: field.id,
  turn: z.int().min(1).max(10_000),
  channel: z.enum(['assistant', 'ticket', 'api']),
  ticketId: field.id.optional(),
  userId: field.id.optional(),
  prompt: z.string().min(1).max(20_000),
  language: z.string().min(2).max(16).describe('BCP 47'),
  template: templateReference.optional(),
  context: z.array(content).max(100).optional().describe('What the person was looking at'),
  requestedAt: field.instant,
});

export type LlmPromptRequested = z.infer<typeof prompt>;

export const llmPromptRequested = defineEvent({
  ...shared,
  type: 'llm.prompt.requested',
  direction: 'up',
  producer: 'dealer-portal',
  consumers: ['llm-orchestrator', 'edge'],
  purpose: 'A question to the assistant, as one turn of a conversation.',
  patterns: ['event-notification', 'event-sourcing'],
  personal: ['prompt', 'userId'],
  schema: prompt,
  example: {
    promptId,
    conversationId,
    turn: 1,
    channel: 'assistant',
    userId: 'user-17',
    prompt: 'Which hose replaces HYD-2209-08 on the front loader, and is it in stock?',
    language: 'en',
    template: { templateId: 'parts-assistant', version: 4 },
    context: [{ kind: 'product', id: 'HYD-2209-08' }],
    requestedAt: '2026-11-02T11:30:00.000Z',
  },
});

const response = z.object({
  responseId: field.id,
  promptId: field.id,
  conversationId: field.id,
  turn: z.int().min(1).max(10_000),
  mode: z.enum(['generated', 'retrieval-only']).describe('retrieval-only: no language model was reachable'),
  model: field.text(120).optional(),
  template: templateReference.optional(),
  text: field.text(40_000),
  citations: z
    .array(
      z.object({
        kind: contentKind,
        id: contentId,
        title: field.text(300),
        score: field.measure,
        quote: field.text(1000).optional(),
      }),
    )
    .max(100),
  finishReason: z.enum(['stop', 'length', 'filtered', 'cancelled', 'error']),
  usage: tokenUsage.optional(),
  firstTokenMs: field.count.optional(),
  durationMs: field.count,
  generatedAt: field.instant,
});

export type LlmResponseGenerated = z.infer<typeof response>;

export const llmResponseGenerated = defineEvent({
  ...shared,
  type: 'llm.response.generated',
  direction: 'both',
  producer: 'llm-orchestrator',
  consumers: ['feedback-service', 'logging', 'edge'],
  purpose: 'The answer that was shown, with its sources; kept for audit.',
  patterns: ['event-carried-state-transfer', 'event-sourcing'],
  personal: ['text', 'citations[].quote'],
  schema: response,
  example: {
    responseId: '0199a0cb-1a2b-7c3d-9e4f-5a6b7c8d9e0f',
    promptId,
    conversationId,
    turn: 1,
    mode: 'generated',
    model: 'dealeriq-llm-2026-10',
    template: { templateId: 'parts-assistant', version: 4 },
    text: 'HYD-2210-08 replaces HYD-2209-08 [1]. 8 pieces are available here.',
    citations: [{ kind: 'product', id: 'HYD-2210-08', title: 'Hydraulic hose 2SN DN 08, 2210 mm', score: 0.83 }],
    finishReason: 'stop',
    usage: { inputTokens: 1412, outputTokens: 38, cachedInputTokens: 1024 },
    firstTokenMs: 410,
    durationMs: 1320,
    generatedAt: '2026-11-02T11:30:01.400Z',
  },
});

const feedback = z.object({
  feedbackId: field.id,
  responseId: field.id,
  promptId: field.id,
  conversationId: field.id,
  rating: z.enum(['up', 'down']),
  reasons: z.array(z.enum(['wrong', 'incomplete', 'outdated', 'unclear', 'off-topic', 'unsafe', 'helpful'])).max(7),
  comment: field.text(2000).optional(),
  correction: field.text(20_000).optional().describe('The answer as it should have been'),
  model: field.text(120).optional(),
  template: templateReference.optional(),
  createdAt: field.instant,
});

export type LlmFeedbackReceived = z.infer<typeof feedback>;

export const llmFeedbackReceived = defineEvent({
  ...shared,
  type: 'llm.feedback.received',
  direction: 'up',
  producer: 'dealer-portal',
  consumers: ['rlhf-trainer', 'edge'],
  purpose: 'What a person thought of an answer; feeds reinforcement and the success rate of prompts.',
  patterns: ['event-notification', 'streaming-etl'],
  personal: ['comment', 'correction'],
  schema: feedback,
  example: {
    feedbackId: '0199a0cb-5c6d-7e7f-8a8b-9c9dae0b1c2d',
    responseId: '0199a0cb-1a2b-7c3d-9e4f-5a6b7c8d9e0f',
    promptId,
    conversationId,
    rating: 'down',
    reasons: ['incomplete'],
    comment: 'Does not say whether the fittings are the same.',
    model: 'dealeriq-llm-2026-10',
    template: { templateId: 'parts-assistant', version: 4 },
    createdAt: '2026-11-02T11:31:10.000Z',
  },
});
