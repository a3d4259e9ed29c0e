/** What a place says while it has nothing to show: each state in words, none a bare spinner. */
import type { ReactNode } from "react";
import type { Question } from "../lib/asked.ts";
import { Icon, type IconName } from "./Icon.tsx";
import "./states.css";

interface Words {
  readonly title: string;
  readonly words?: string;
  readonly children?: ReactNode;
}

function State({ kind, icon, title, words, children }: Words & { readonly kind: string; readonly icon: IconName }) {
  return (
    <div className={`state state-${kind}`} role={kind === "failed" ? "alert" : "status"} data-testid={`state-${kind}`}>
      <Icon name={icon} />
      <strong>{title}</strong>
      {words === undefined ? null : <p>{words}</p>}
      {children}
    </div>
  );
}

export const Loading = ({ title, words }: Words) => <State kind="loading" icon="compass" title={title} words={words} />;

export const Empty = ({ title, words, children }: Words) => (
  <State kind="empty" icon="moon" title={title} words={words}>
    {children}
  </State>
);

export const Away = ({ title = "Not connected", words = "What was shown last is kept; it goes on when the gateway answers again." }: Partial<Words>) => (
  <State kind="away" icon="away" title={title} words={words} />
);

export function Failed({ title, words, onAgain }: Words & { readonly onAgain?: () => void }) {
  return (
    <State kind="failed" icon="alert" title={title} words={words}>
      {onAgain === undefined ? null : (
        <button type="button" className="button" onClick={onAgain}>
          Ask again
        </button>
      )}
    </State>
  );
}

interface AnsweredProperties<Answer> {
  readonly question: Question<Answer>;
  /** What is asked for, as it is said: "the venues", "this person's journey". */
  readonly what: string;
  readonly children: (answer: Answer) => ReactNode;
}

/** The answer, or what became of the question. An answer that could not be renewed is shown, and said to be old. */
export function Answered<Answer>({ question, what, children }: AnsweredProperties<Answer>) {
  switch (question.status) {
    case "loading":
      return <Loading title={`Asking for ${what}`} words="The gateway answers in a moment." />;
    case "failed":
      return <Failed title={`No answer for ${what}`} words={`${question.reason.replace(/\.$/, "")}.`} onAgain={question.again} />;
    case "ready":
      return (
        <>
          {question.stale === "" ? null : (
            <p className="state-stale" role="status">
              {`This is the last answer: ${question.stale.replace(/\.$/, "")}.`}
              <button type="button" className="button button-quiet" onClick={question.again}>
                Ask again
              </button>
            </p>
          )}
          {children(question.answer)}
        </>
      );
  }
}
