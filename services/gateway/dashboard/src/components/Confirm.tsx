/** A button that asks before it does what cannot be taken back. */
import { useRef, type ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";

interface Properties {
  /** Of the button, and the start of its test ids. */
  readonly name: string;
  readonly label: string;
  /** Which of many, for those who do not see what it stands beside. */
  readonly of?: string;
  readonly icon: IconName;
  readonly question: string;
  readonly words: string;
  readonly keep: string;
  readonly sure: string;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly onSure: () => void;
  readonly children?: ReactNode;
}

export function Confirm({ name, label, of, icon, question, words, keep, sure, busy = false, disabled = false, onSure, children }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" className="button" data-testid={name} disabled={disabled || busy} aria-busy={busy} onClick={() => dialog.current?.showModal()}>
        <Icon name={icon} />
        {label}
        {of === undefined ? null : <span className="unseen"> {of}</span>}
      </button>
      <dialog ref={dialog} className="dialog" aria-label={question}>
        <h2>{question}</h2>
        <p>{words}</p>
        {children}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {keep}
          </button>
          <button
            type="button"
            className="button button-danger"
            data-testid={`${name}-confirm`}
            onClick={() => {
              dialog.current?.close();
              onSure();
            }}
          >
            {sure}
          </button>
        </div>
      </dialog>
    </>
  );
}
