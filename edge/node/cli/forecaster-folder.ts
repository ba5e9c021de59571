import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createGlobalForecaster, type GlobalForecaster } from '../../../models/forecasts/global/global-forecaster.ts';
import { packageFolder } from '../migrations.ts';
import { readModelFolder } from './model-folder.ts';

/** The folder of the global forecaster that ships. */
export const bundledForecaster = (): string => join(packageFolder('models'), 'forecasts', 'artefact');

/** The folder of the forecaster that a box uses: `forecast` in MODELS_DIR where that is there, else the one that ships. */
export function forecasterFolder(modelsDir: string | undefined): string {
  const own = modelsDir === undefined ? undefined : join(modelsDir, 'forecast');
  return own !== undefined && existsSync(own) ? own : bundledForecaster();
}

/**
 * Opens the global forecaster of a folder.
 * @throws {EdgeError} `not-found` where files are missing, and what `createGlobalForecaster` throws
 */
export async function openForecaster(folder: string): Promise<GlobalForecaster> {
  const { card, content } = readModelFolder(folder);
  return createGlobalForecaster({ model: content, card });
}
