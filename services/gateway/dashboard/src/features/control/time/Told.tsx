/** An answer or what became of the question; a gateway that cannot be reached is told from one that refuses. */
import type { ReactNode } from "react";
import { Answered, Away } from "../../../components/States.tsx";
import type { Question } from "../../../lib/asked.ts";
import { useLuna } from "../../../lib/context.ts";
import { useStore } from "../../../lib/store.ts";

interface Properties<Answer> {
  readonly question: Question<Answer>;
  readonly what: string;
  readonly children: (answer: Answer) => ReactNode;
}

export function Told<Answer>({ question, what, children }: Properties<Answer>) {
  const luna = useLuna();
  const away = useStore(luna.streamLink, (link) => link.kind === "waiting" || (link.kind === "connecting" && link.attempt > 0));
  if (away && question.status === "failed" && question.code === null) {
    return <Away words={`The page asks for ${what} as soon as the gateway answers again.`} />;
  }
  return (
    <Answered question={question} what={what}>
      {children}
    </Answered>
  );
}
