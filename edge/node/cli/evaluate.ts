import { defineCommand } from 'citty';
import { evaluateEmbeddings } from './evaluate-embeddings.ts';
import { forecasts } from './evaluate-forecasts.ts';
import { evaluateRecommendations } from './evaluate-recommendations.ts';
import { evaluateSearch } from './evaluate-search.ts';

export const evaluate = defineCommand({
  meta: { name: 'evaluate', description: 'Score the on-device models on data of your own' },
  subCommands: {
    embeddings: evaluateEmbeddings,
    forecasts,
    recommendations: evaluateRecommendations,
    search: evaluateSearch,
  },
});
