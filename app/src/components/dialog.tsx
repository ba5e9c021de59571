import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A modal question. The browser keeps the focus inside, and Escape closes it. */
export function Dialog(props: { title: string; onClose: () => void; wide?: boolean; children: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    props.onClose();
  };
  return (
    <dialog
      ref={ref}
      class={props.wide === true ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={title}
      onCancel={cancel}
    >
      <h2 id={title}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}
