import { toast } from '../state/announce.ts';
import { CheckIcon } from './icons.tsx';

/** The last thing that happened, read out and shown for a moment. */
export function Toast() {
  const now = toast.value;
  return (
    <div class="toast-area" role="status" aria-live="polite">
      {now !== undefined && (
        <div class="toast">
          <CheckIcon />
          <span>{now.text}</span>
          {now.action !== undefined && <a href={now.action.href}>{now.action.label}</a>}
        </div>
      )}
    </div>
  );
}
