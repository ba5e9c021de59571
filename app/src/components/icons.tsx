import type { ComponentChildren } from 'preact';

function Icon({ children, size = 16 }: { children: ComponentChildren; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

type Size = { size?: number };

export const SearchIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.5 3.5" />
  </Icon>
);
export const CloseIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="m4 4 8 8m0-8-8 8" />
  </Icon>
);
export const CheckIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="m3 8.5 3.2 3.2L13 4.8" />
  </Icon>
);
export const WarnIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M8 2.2 14.3 13H1.7zM8 6.3v3.2m0 1.9v.1" />
  </Icon>
);
export const BoxIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <rect x="2" y="3" width="12" height="4.4" rx="1.2" />
    <rect x="2" y="8.6" width="12" height="4.4" rx="1.2" />
    <path d="M4.6 5.2v.1m0 5.5v.1" />
  </Icon>
);
export const CloudIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.6.7 2.7 2.7 0 0 1-.3 5.3z" />
  </Icon>
);
export const CloudOffIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M6.3 4a4 4 0 0 1 5.5 3.2 2.7 2.7 0 0 1 1.7 4m-2 1.3h-7a3 3 0 0 1-.3-6M2.5 2.5l11 11" />
  </Icon>
);
export const PauseIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <circle cx="8" cy="8" r="6" />
    <path d="M6.5 6v4m3-4v4" />
  </Icon>
);
export const UnplugIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="m2.5 13.5 2-2m7-7 2-2M6 6.5 4.6 7.9a2.5 2.5 0 0 0 3.5 3.5L9.5 10m.5-.5 1.4-1.4a2.5 2.5 0 0 0-3.5-3.5L6.5 6M5.2 2.5v1m-2.7 1.7h1" />
  </Icon>
);
export const ClockIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.7V8l2.2 1.6" />
  </Icon>
);
export const ArrowIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M13 8H3m4-4L3 8l4 4" />
  </Icon>
);
export const OrderIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M2.5 4h11m-11 4h11m-11 4h6.5m2.5-1.7v3.4M9.8 12h3.4" />
  </Icon>
);
export const ListIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M3.5 2.5h9v11l-2.2-1.4L8 13.5l-2.3-1.4-2.2 1.4zM6 6h4M6 8.8h4" />
  </Icon>
);
export const SuggestionIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M6 13.8h4M5.6 11.4a4.6 4.6 0 1 1 4.8 0" />
  </Icon>
);
export const StockIcon = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="m8 1.8 5.5 3v6.4L8 14.2l-5.5-3V4.8zM2.6 4.9 8 7.9l5.4-3M8 8v6" />
  </Icon>
);
