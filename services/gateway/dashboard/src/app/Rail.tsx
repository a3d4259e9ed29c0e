/** The way to every view; on a phone it lies at the bottom. */
import { Icon } from "../components/Icon.tsx";
import { hashOf, useRoute } from "../lib/route.ts";
import { VIEWS } from "./views.ts";
import "./rail.css";

export function Rail() {
  const { view } = useRoute();
  return (
    <nav className="rail" aria-label="Views">
      {VIEWS.map(({ id, title, icon, shortcut, hint }) => (
        <a key={id} className="rail-link" href={hashOf(id)} aria-current={id === view ? "page" : undefined} title={`${hint} (${shortcut})`} data-testid={`view-${id}`}>
          <Icon name={icon} />
          <span>{title}</span>
        </a>
      ))}
    </nav>
  );
}
