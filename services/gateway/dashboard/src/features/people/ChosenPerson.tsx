/** The person chosen on the graph: who it is, whom they would get on with, and the way to the journey. */
import { useEffect, useRef } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Face, PersonaDot } from "../../components/Person.tsx";
import { Answered } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { capital, counted, plain } from "../../lib/format.ts";
import { personaTitle } from "../../lib/personas.ts";
import { hashOf } from "../../lib/route.ts";
import { MatchesOf } from "./Matches.tsx";
import { strongest, type PersonAnswer } from "./person.ts";

export function ChosenPerson({ userId, onClose }: { readonly userId: string; readonly onClose: () => void }) {
  const person = useAsked<PersonAnswer>(`/users/${userId}`, { everyMs: 15_000 });
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  return (
    <div ref={panel} tabIndex={-1} className="chosen" data-testid="chosen" data-person={userId}>
      <Panel
        title={person.status === "ready" ? person.answer.name : "Person"}
        actions={
          <button type="button" className="button button-quiet icon-button" aria-label="Close this person" onClick={onClose}>
            <Icon name="close" />
          </button>
        }
      >
        <Answered question={person} what="this person">
          {(answer) => <Facts person={answer} />}
        </Answered>
        <h3 className="chosen-title">Would get on with</h3>
        <MatchesOf userId={userId} />
      </Panel>
    </div>
  );
}

function Facts({ person }: { readonly person: PersonAnswer }) {
  const tastes = person.preferences === null ? [] : strongest(person.preferences.tastes, 3);
  return (
    <div className="chosen-facts">
      <Face userId={person.user_id} size={52} />
      <div>
        <p>
          <PersonaDot persona={person.persona} /> {personaTitle(person.persona)}
        </p>
        <p>
          {[person.borough, capital(plain(person.lifecycle))].filter((part) => part !== null).join(" · ")} · {counted(person.friend_count, "friend", "friends")}
        </p>
        {tastes.length === 0 ? null : (
          <p>
            Tastes: {tastes.map(([taste, value]) => `${plain(taste)} ${Math.round(value * 100)}`).join(", ")}
          </p>
        )}
        <a className="button button-primary" href={hashOf("people", [person.user_id])} data-testid="to-journey">
          Open the journey
        </a>
      </div>
    </div>
  );
}
