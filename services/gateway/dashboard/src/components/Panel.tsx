/** A titled part of a view; it folds away where `folded` and `onFold` are given. */
import { useId, type ReactNode } from "react";
import { Icon } from "./Icon.tsx";

interface Properties {
  readonly title: string;
  readonly className?: string;
  /** A few words after the title. */
  readonly note?: string;
  readonly actions?: ReactNode;
  readonly folded?: boolean;
  readonly onFold?: () => void;
  /** Whether it may scroll by itself: then the keyboard reaches it, whatever it holds. */
  readonly scrolls?: boolean;
  readonly children: ReactNode;
}

export function Panel({ title, className = "", note, actions, folded = false, onFold, scrolls = false, children }: Properties) {
  const id = useId();
  return (
    <section className={`panel ${className} ${folded ? "panel-folded" : ""}`} aria-labelledby={id} tabIndex={scrolls ? 0 : undefined}>
      <header className="panel-head">
        <h2 id={id} className="panel-title">
          {onFold === undefined ? (
            title
          ) : (
            <button type="button" className="panel-fold" aria-expanded={!folded} onClick={onFold}>
              <Icon name={folded ? "right" : "down"} />
              {title}
            </button>
          )}
          {note === undefined ? null : <span className="panel-note">{note}</span>}
        </h2>
        {actions}
      </header>
      {folded ? null : children}
    </section>
  );
}
