import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineCommand } from 'citty';
import { verifyArtefact } from '../../../models/core/registry/artefact.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import { type ModelDeployed, modelDeployed } from '../../../src/events/ml/model.ts';
import { type ListedModel, listModels, rollBackModel } from '../../../src/runtime/models.ts';
import { CODE_MODELS } from '../../advice/local-models.ts';
import { loadConfig } from '../config.ts';
import { nodePorts } from '../ports.ts';
import { encoderFolder } from './encoder-folder.ts';
import { readModelCard, readModelFolder } from './model-folder.ts';
import { withBox } from './open-box.ts';
import { print, printResult } from './output.ts';
import { runningBox } from './run-file.ts';

const json = { type: 'boolean', description: 'Print JSON', default: false } as const;

export const list = defineCommand({
  meta: { name: 'list', description: 'The models of this box: which serve, their stage and why' },
  args: { json },
  async run({ args }) {
    const { config } = await loadConfig();
    const box = runningBox(config.DATA_DIR);
    const items: readonly ListedModel[] =
      box === undefined
        ? await withBox((runtime) => {
            const { version, artefact } = readModelCard(encoderFolder(config.MODELS_DIR)).card;
            const encoder = { task: 'embedding', version, sha256: artefact.sha256 };
            return listModels(runtime, [encoder, ...CODE_MODELS]);
          })
        : ((await ask(box.url, 'GET', '/v1/models')) as { items: ListedModel[] }).items;
    printResult(args.json, items, function* () {
      for (const { task, version, stage, serving, pending, reason } of items) {
        const state = `${stage}${serving ? ', serves' : ''}${pending ? ', deployment waits' : ''}`;
        yield `${task.padEnd(15)} ${version.padEnd(26)} ${state}${reason === undefined ? '' : `: ${reason}`}`;
      }
    });
  },
});

export const rollback = defineCommand({
  meta: { name: 'rollback', description: 'Take the deployed model of a task out of service; the one before it serves' },
  args: { task: { type: 'positional', required: true, description: 'Such as embedding' }, json },
  async run({ args }) {
    const { config } = await loadConfig();
    const box = runningBox(config.DATA_DIR);
    const done =
      box === undefined
        ? await withBox((runtime) => rollBackModel(runtime, args.task, 'An operator rolled it back.'))
        : ((await ask(box.url, 'POST', `/v1/models/${encodeURIComponent(args.task)}/rollback`)) as {
            from: string;
            to: string;
          });
    printResult(args.json, done, () => [
      `${done.from} serves no more; ${done.to === 'shipped' ? 'the model that came with the program' : done.to} does.`,
    ]);
  },
});

export const deploy = defineCommand({
  meta: {
    name: 'deploy',
    description: 'Have this box try a signed model and take it where it does no worse; --event prints it for Kafka',
  },
  args: {
    folder: { type: 'positional', required: true, description: 'Folder with model.json, artefact and signature' },
    url: { type: 'string', description: 'Where boxes fetch the folder; the folder itself unless given' },
    shadow: { type: 'boolean', description: 'Only try it beside the live one', default: false },
    event: { type: 'boolean', description: 'Print the event model.deployed and send nothing', default: false },
  },
  async run({ args }) {
    const data = deploymentOf(args);
    const event = {
      specversion: '1.0',
      id: nodePorts.random.uuid(),
      source: 'urn:dealeriq:centre:models',
      type: 'model.deployed',
      subject: data.model.version,
      time: data.deployedAt,
      datacontenttype: 'application/json',
      data,
    };
    if (args.event) {
      if (args.url !== undefined) return print(JSON.stringify(event));
      throw new EdgeError('invalid-request', 'An event for other boxes needs --url: they cannot read this folder.');
    }
    const { config } = await loadConfig();
    const box = runningBox(config.DATA_DIR);
    if (box === undefined) {
      throw new EdgeError(
        'conflict',
        `No box runs on ${config.DATA_DIR}, so none can try the model. Start it and deploy again.`,
      );
    }
    await ask(box.url, 'POST', '/v1/events', { 'content-type': 'application/cloudevents+json' }, event);
    print(`${data.deploymentId}: ${data.model.version} is asked for. \`dealeriq models list\` says what became of it.`);
  },
});

function deploymentOf({ folder, url, shadow }: { folder: string; url?: string | undefined; shadow: boolean }) {
  const { card, content, signature } = readModelFolder(folder);
  verifyArtefact(content, card.artefact, card.version);
  if (signature === undefined) {
    throw new EdgeError(
      'artefact-signature-invalid',
      `${folder} is not signed, and no box would take it. Sign it with \`dealeriq models sign\`.`,
    );
  }
  const { file, format, bytes, sha256 } = card.artefact;
  const { algorithm, keyId, value } = signature;
  const base = url === undefined ? pathToFileURL(join(resolve(folder), '/')) : new URL(url.replace(/\/?$/, '/'));
  const data: ModelDeployed = {
    deploymentId: `DEP-${nodePorts.random.uuid()}`,
    model: { task: card.task, version: card.version, sha256 },
    stage: shadow ? 'shadow' : 'live',
    artefact: { url: new URL(file, base).href, format, bytes, sha256, signature: { algorithm, keyId, value } },
    deployedAt: new Date().toISOString(),
  };
  modelDeployed.make(data);
  return data;
}

async function ask(
  url: string,
  method: 'GET' | 'POST',
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.ok) return answer.json();
  const said = (await answer.json().catch(() => ({}))) as { detail?: string; reason?: string };
  throw new EdgeError(
    answer.status === 409 ? 'conflict' : 'forbidden',
    said.detail ?? said.reason ?? `The box at ${url} answered ${answer.status} to ${path}.`,
  );
}
