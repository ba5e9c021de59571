import { type FeedbackSubmitted, feedbackSubmitted } from '../events/transactional/feedback.ts';
import { defineCommand } from './command.ts';

export type SubmitFeedback = Omit<FeedbackSubmitted, 'feedbackId' | 'createdAt'>;

export const submitFeedback = defineCommand({
  name: 'submit-feedback',
  needs: () => [],
  decide: (command: SubmitFeedback, context) => [
    feedbackSubmitted.make({ ...command, feedbackId: context.newId(), createdAt: context.now }),
  ],
});
