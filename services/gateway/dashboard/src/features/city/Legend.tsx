/** What colours and marks mean. */
import { FAMILY_TITLES, LIVING } from "../../lib/families.ts";
import { VENUE_KINDS } from "./palette.ts";

export function Legend() {
  return (
    <footer className="legend" aria-label="Legend">
      <ul>
        {LIVING.map((family) => (
          <li key={family} className={`family-${family}`}>
            <span className="legend-pulse" aria-hidden="true" />
            {FAMILY_TITLES[family]}
          </li>
        ))}
        <li className="family-booking">
          <span className="legend-ring" aria-hidden="true" />
          Table confirmed
        </li>
        <li className="family-social">
          <svg width="18" height="9" viewBox="0 0 18 9" aria-hidden="true">
            <path d="M1 8Q9-4 17 8" fill="none" stroke="var(--family)" strokeWidth="1.4" />
          </svg>
          Invitation
        </li>
      </ul>
      <ul>
        {VENUE_KINDS.map(({ kind, title }) => (
          <li key={kind}>
            <span className="legend-dot" style={{ background: `var(--venue-${kind})` }} aria-hidden="true" />
            {title}
          </li>
        ))}
      </ul>
    </footer>
  );
}
