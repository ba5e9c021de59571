import type { ComponentChildren } from 'preact';
import { NoAnswer } from '../api/http.ts';
import { problemText } from '../state/problem-text.ts';
import { t } from '../texts/text.ts';
import { UnplugIcon, WarnIcon } from './icons.tsx';

/** The three states that every screen has besides its content. */

export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div class="loading" role="status">
      <span class="sr-only">{t.app.loading}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} class="skeleton" aria-hidden="true" />
      ))}
    </div>
  );
}

export function Empty(props: {
  title: string;
  detail: string;
  icon?: ComponentChildren;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      {props.icon !== undefined && <div class="empty-icon">{props.icon}</div>}
      <h2>{props.title}</h2>
      <p>{props.detail}</p>
      {props.children}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div class="empty" role="alert">
      <div class="empty-icon tone-bad">
        {error instanceof NoAnswer ? <UnplugIcon size={22} /> : <WarnIcon size={22} />}
      </div>
      <h2>{t.errors.title}</h2>
      <p>{problemText(error)}</p>
      <button type="button" class="button" onClick={retry}>
        {t.errors.retry}
      </button>
    </div>
  );
}

/** A banner above content that is still there. */
export function Banner(props: {
  tone: 'info' | 'warn' | 'bad';
  title?: string;
  role?: 'alert' | 'status';
  children: ComponentChildren;
}) {
  return (
    <div class={`banner banner-${props.tone}`} role={props.role}>
      <WarnIcon />
      <div class="banner-body">
        {props.title !== undefined && <strong>{props.title}</strong>}
        {props.children}
      </div>
    </div>
  );
}
