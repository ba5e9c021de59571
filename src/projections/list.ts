import { dealers } from './dealers.ts';
import { forecasts } from './forecasts.ts';
import { modelReports, models } from './models.ts';
import { orders } from './orders.ts';
import { prices } from './prices.ts';
import { products } from './products.ts';
import type { Projection } from './projection.ts';
import { promotions } from './promotions.ts';
import { incidents, runs } from './runs.ts';
import { stock } from './stock.ts';
import { suggestions } from './suggestions.ts';
import { feedback, tickets } from './support.ts';

/** Every read model. */
export const projections: readonly Projection[] = [
  dealers,
  products,
  prices,
  promotions,
  stock,
  orders,
  tickets,
  feedback,
  forecasts,
  suggestions,
  runs,
  incidents,
  models,
  modelReports,
];
