import { box } from '../api/box.ts';
import type { Model } from '../api/types.ts';
import { Empty, Failed, Loading } from '../components/states.tsx';
import { formatCount, formatMoment } from '../format/format.ts';
import { announce } from '../state/announce.ts';
import { problemText } from '../state/problem-text.ts';
import { useReloadOn } from '../state/reload-on.ts';
import { useResource } from '../state/resource.ts';
import { t } from '../texts/text.ts';

/** The models of this box: which answer, how they do, and the way back to the one before. */
export function Models() {
  const found = useResource('models', (signal) => box.models(signal));
  useReloadOn(found.reload, ({ type }) => type.startsWith('model.'));
  const { data } = found;
  if (data === undefined) {
    return found.error === undefined ? <Loading /> : <Failed error={found.error} retry={found.reload} />;
  }
  if (data.items.length === 0) return <Empty title={t.models.none} detail={t.models.noneDetail} />;
  const rollBack = async ({ task, version }: Model) => {
    try {
      await box.rollBackModel(task);
      announce(t.models.rolledBack(version));
      found.reload();
    } catch (error) {
      announce(problemText(error));
    }
  };
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{t.models.title}</h1>
          <p class="muted">{t.models.intro}</p>
        </div>
      </div>
      {/* The table may scroll sideways on a phone: then the keyboard has to reach it. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1) */}
      <section class="card models" aria-label={t.models.title} tabIndex={0}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t.models.task}</th>
              <th scope="col">{t.models.version}</th>
              <th scope="col">{t.models.state}</th>
              <th scope="col">{t.models.figures}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((model) => (
              <Row key={`${model.stage} ${model.version}`} model={model} rollBack={() => void rollBack(model)} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Row({ model, rollBack }: { model: Model; rollBack: () => void }) {
  const { task, version, stage, serving, pending, reason, changedAt } = model;
  const stageText = t.models.stages[stage] ?? stage;
  const marks = [serving && t.models.serves, pending && t.models.waits].filter((mark) => mark !== false);
  return (
    <tr>
      <th scope="row">{t.models.tasks[task] ?? task}</th>
      <td class="model-version">{version}</td>
      <td>
        {[stageText, ...marks].join(' · ')}
        {changedAt !== undefined && <p class="muted">{formatMoment(changedAt)}</p>}
        {reason !== undefined && <p class="muted">{reason}</p>}
        {serving && stage === 'live' && (
          <button type="button" class="button" aria-label={t.models.rollBackLabel(version)} onClick={rollBack}>
            {t.models.rollBack}
          </button>
        )}
      </td>
      <td>
        {figuresOf(model).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </td>
    </tr>
  );
}

/** What was reported of a model, a line each. */
function figuresOf({ performance, shadow, drift = [] }: Model): string[] {
  const lines: string[] = [];
  if (performance !== undefined) {
    const { requests, errors, latencyMs, quality } = performance;
    lines.push(t.models.requests(formatCount(requests), formatCount(errors), latencyMs.p95.toFixed(1)));
    for (const { metric, value } of quality) lines.push(`${t.models.quality[metric] ?? metric}: ${value.toFixed(2)}`);
  }
  if (shadow !== undefined) {
    lines.push(t.models.tried(formatCount(shadow.requests), (100 * shadow.agreement).toFixed(0)));
  }
  for (const { kind, severity } of drift) {
    lines.push(t.models.drifted(kind, severity ?? 'warning'));
  }
  return lines.length === 0 ? [t.models.notYet] : lines;
}
