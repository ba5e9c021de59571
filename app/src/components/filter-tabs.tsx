interface FilterTabsProps {
  readonly label: string;
  readonly options: ReadonlyArray<readonly [value: string, label: string]>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A row of choices of which one holds. */
export function FilterTabs(props: FilterTabsProps) {
  return (
    <fieldset class="tabs">
      <legend class="sr-only">{props.label}</legend>
      {props.options.map(([value, label]) => (
        <button
          key={value}
          type="button"
          class="tab"
          aria-pressed={value === props.value}
          onClick={() => props.onChange(value)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
