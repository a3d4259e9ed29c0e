/** Line icons on a 16 px grid. */
const PATHS = {
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2v9.6l7.5-4.8z",
  close: "M4 4l8 8M12 4l-8 8",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.6A5.4 5.4 0 0 1 6.4 3 5.4 5.4 0 1 0 13 9.6z",
  cloud: "M4.6 12.2a2.6 2.6 0 0 1-.2-5.2 3.7 3.7 0 0 1 7.1.7 2.3 2.3 0 0 1-.1 4.5z",
  rain: "M4.6 9.6a2.4 2.4 0 0 1-.2-4.8 3.7 3.7 0 0 1 7.1.7 2.1 2.1 0 0 1-.1 4.1M5.5 11.6l-.7 2M8.4 11.6l-.7 2M11.2 11.6l-.7 2",
  snow: "M4.6 9.4a2.4 2.4 0 0 1-.2-4.8 3.7 3.7 0 0 1 7.1.7 2.1 2.1 0 0 1-.1 4.1M5 12.2h.01M8 11.6h.01M8 14h.01M11 12.2h.01",
  storm: "M4.6 9.4a2.4 2.4 0 0 1-.2-4.8 3.7 3.7 0 0 1 7.1.7 2.1 2.1 0 0 1-.1 4.1M8.6 8.4l-2 3h2.6l-1.8 3",
  fog: "M3 5.5h10M2 8h9M4.5 10.5H14M3.5 13h7",
  search: "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4M10.2 10.2l3.2 3.2",
  clear: "M3 4.5h10M6.2 4.5V3h3.6v1.5M4.4 4.5l.6 8.5h6l.6-8.5",
  people: "M6 3.4a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M2 13c0-2.2 1.8-3.6 4-3.6s4 1.4 4 3.6M10.6 3.7a2 2 0 0 1 0 3.8M12 9.8c1.3.5 2 1.6 2 3.2",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.6v2.9h2.9",
  check: "M3.5 8.4l3 3 6-6.6",
  alert: "M8 2.5l6 10.7H2zM8 6.5v3M8 11.4h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}
