import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { boxReachable } from '../api/http.ts';
import { formatTime } from '../format/format.ts';
import { type Centre, centre } from '../state/connection.ts';
import { t } from '../texts/text.ts';
import { BoxIcon, ClockIcon, CloudIcon, CloudOffIcon, PauseIcon, UnplugIcon, WarnIcon } from './icons.tsx';

type Tone = 'good' | 'calm' | 'warn' | 'bad';

interface Badge {
  readonly tone: Tone;
  readonly icon: ComponentChildren;
  readonly text: string;
}

/** The state of both links, in an icon and in words; a press tells them apart. */
export function StatusBadge() {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const badge = badgeOf(boxReachable.value, centre.value);
  const close = (event: FocusEvent) => {
    if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget))) setOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: leaving or Escape closes what the button opened
    <div
      class="status"
      ref={root}
      onBlurCapture={close}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
    >
      <button
        type="button"
        class={`status-badge tone-${badge.tone}`}
        aria-expanded={open}
        aria-controls="status-details"
        onClick={() => setOpen(!open)}
      >
        {badge.icon}
        <span>{badge.text}</span>
      </button>
      <span class="sr-only" role="status">
        {badge.text}
      </span>
      <div id="status-details" class="status-details" hidden={!open}>
        <Links />
      </div>
    </div>
  );
}

function badgeOf(reachable: boolean | undefined, now: Centre | undefined): Badge {
  if (reachable === false) return { tone: 'bad', icon: <UnplugIcon />, text: t.status.unreachable };
  if (now === undefined) return { tone: 'calm', icon: <ClockIcon />, text: t.status.unknown };
  const orders = t.status.orders(now.status.ordersWaiting);
  const some = now.status.ordersWaiting > 0;
  switch (now.status.link.state) {
    case 'online':
      return some
        ? { tone: 'good', icon: <CloudIcon />, text: t.status.sending(orders) }
        : {
            tone: 'good',
            icon: <CloudIcon />,
            text: t.status.online(formatTime(now.status.link.lastOnlineAt ?? now.checkedAtMs)),
          };
    case 'paused':
      return { tone: 'warn', icon: <PauseIcon />, text: some ? t.status.paused(orders) : t.status.pausedNone };
    case 'connecting':
      return { tone: 'calm', icon: <ClockIcon />, text: t.status.connecting };
    case 'refused':
      return { tone: 'bad', icon: <WarnIcon />, text: t.status.refused };
    case 'offline':
      return {
        tone: 'calm',
        icon: some ? <BoxIcon /> : <CloudOffIcon />,
        text: some ? t.status.offline(orders) : t.status.offlineNone,
      };
  }
}

function Links() {
  const now = centre.value;
  const up = boxReachable.value !== false;
  const pending = (now?.status.outbound.live.pending ?? 0) + (now?.status.outbound.bulk.pending ?? 0);
  return (
    <dl>
      <dt>{t.status.deviceLink}</dt>
      <dd>{up ? t.status.deviceUp : t.status.deviceDown}</dd>
      <dt>{t.status.centreLink}</dt>
      <dd>
        {now === undefined ? t.status.unknown : now.status.link.detail}
        {now !== undefined && <small>{pending === 0 ? t.status.nothingWaiting : t.status.waiting(pending)}</small>}
        {now !== undefined && now.status.deadLetters > 0 && (
          <small>{t.status.deadLetters(now.status.deadLetters)}</small>
        )}
      </dd>
    </dl>
  );
}
