import { useEffect, useRef, useState } from 'preact/hooks';
import { SearchIcon } from './icons.tsx';

const PAUSE_MS = 150;

/** A search field above a list; the list follows the typing. */
export function FilterText(props: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(props.value);
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (text.trim() !== props.value) setText(props.value);
  }, [props.value]);
  return (
    <div class="filter-text">
      <SearchIcon />
      <input
        class="input"
        type="search"
        aria-label={props.label}
        placeholder={props.label}
        autocomplete="off"
        spellcheck={false}
        maxLength={100}
        value={text}
        onInput={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          clearTimeout(pause.current);
          pause.current = setTimeout(() => props.onChange(next.trim()), PAUSE_MS);
        }}
      />
    </div>
  );
}
