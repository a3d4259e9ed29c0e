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
  map: "M2 4.2l4-1.7 4 1.7 4-1.7v9.3l-4 1.7-4-1.7-4 1.7zM6 2.5v9.3M10 4.2v9.3",
  flow: "M2.5 13V9.5M6.2 13V6.5M9.8 13V8M13.5 13V3",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  sliders: "M2.5 4.5h5M11 4.5h2.5M2.5 11.5H5M8.5 11.5h5M9.2 2.8v3.4M6.8 9.8v3.4",
  pulse: "M1.5 8.5h3l2-5.5 3 10 2-4.5h3",
  command: "M6 6h4v4H6zM6 6H4.3A1.7 1.7 0 1 1 6 4.3zM10 6V4.3A1.7 1.7 0 1 1 11.7 6zM10 10h1.7A1.7 1.7 0 1 1 10 11.7zM6 10v1.7A1.7 1.7 0 1 1 4.3 10z",
  expand: "M9.8 2.5h3.7v3.7M6.2 13.5H2.5V9.8M13.2 2.8L9.5 6.5M2.8 13.2l3.7-3.7",
  shrink: "M13.2 6.5H9.5V2.8M2.8 9.5h3.7v3.7M9.8 6.2l3.4-3.4M6.2 9.8l-3.4 3.4",
  side: "M2.5 3h11v10h-11zM10 3v10",
  strip: "M2.5 3h11v10h-11zM2.5 6.5h11",
  compass: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M10.6 5.4L9.2 9.2l-3.8 1.4 1.4-3.8z",
  down: "M4 6.2l4 4 4-4",
  right: "M6.2 4l4 4-4 4",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  stop: "M4.5 4.5h7v7h-7z",
  bolt: "M9 2L3.8 9H8l-1 5 5.2-7H8z",
  key: "M3 3.5h10v9H3zM5.5 6h.01M8 6h.01M10.5 6h.01M5.5 10h5",
  away: "M2.5 2.5l11 11M4.5 8.8a5 5 0 0 1 2-1.2M2 6.2A8.5 8.5 0 0 1 4.8 4.4M8 12h.01M14 6.2a8.4 8.4 0 0 0-6.6-2.4M11.5 8.8l-.7-.5",
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
