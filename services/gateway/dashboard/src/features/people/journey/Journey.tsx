/** One person's journey: timeline with milestones, tastes over time, why things happened, and who would suit. */
import { useEffect, useMemo, useState } from "react";
import type { Journey as Told } from "../../../generated/api.ts";
import { Panel } from "../../../components/Panel.tsx";
import { Face, PersonaDot } from "../../../components/Person.tsx";
import { Answered } from "../../../components/States.tsx";
import { useAsked } from "../../../lib/asked.ts";
import { useLuna } from "../../../lib/context.ts";
import { counted, dayOf, plain } from "../../../lib/format.ts";
import { personaTitle } from "../../../lib/personas.ts";
import { hashOf } from "../../../lib/route.ts";
import type { CityEvent } from "../../../lib/types.ts";
import { MatchesOf } from "../Matches.tsx";
import { Search } from "../Search.tsx";
import type { PersonAnswer } from "../person.ts";
import { Chances } from "./Chances.tsx";
import { Suggestions } from "./Suggestions.tsx";
import { TasteCourse } from "./TasteCourse.tsx";
import { Timeline } from "./Timeline.tsx";
import { told } from "./timeline.ts";
import "../../../styles/personas.css";
import "../people.css";
import "../cards.css";
import "./journey.css";
import "./why.css";

const AGAIN_MS = 15_000;
const KEPT = 600;

/** Live events that this person did or that were done to them, newest first. */
function useLive(userId: string): readonly CityEvent[] {
  const luna = useLuna();
  const [live, setLive] = useState<readonly CityEvent[]>([]);
  useEffect(
    () =>
      luna.onEvents((events) => {
        const own = events.filter(({ user_id, other_user_id }) => user_id === userId || other_user_id === userId);
        if (own.length > 0) {
          setLive((known) => told(own, known).slice(0, KEPT));
        }
      }),
    [luna, userId],
  );
  useEffect(() => luna.onRestart(() => setLive([])), [luna]);
  return live;
}

export default function Journey({ userId }: { readonly userId: string }) {
  const person = useAsked<PersonAnswer>(`/users/${userId}`, { everyMs: AGAIN_MS });
  const journey = useAsked<Told>(`/admin/journeys/${userId}?recent=200`, { everyMs: AGAIN_MS });
  const live = useLive(userId);
  const recent = journey.status === "ready" ? journey.answer.recent : null;
  const events = useMemo(() => told(recent ?? [], live), [recent, live]);
  return (
    <div className="people-view" data-testid="journey" data-person={userId}>
      <div className="journey-page">
        <header className="journey-head">
          <a className="journey-back" href={hashOf("people", [], { person: userId })}>
            ← Everybody
          </a>
          <Answered question={person} what="this person">
            {(answer) => <Headline person={answer} stage={journey.status === "ready" ? journey.answer.stage : null} />}
          </Answered>
          <Search />
        </header>
        <div className="journey-grid">
          <Panel title="Timeline" className="journey-timeline" note={journey.status === "ready" ? counted(journey.answer.milestones.length, "milestone", "milestones") : undefined}>
            <Answered question={journey} what="this person's journey">
              {(answer) => <Timeline userId={userId} events={events} milestones={answer.milestones} />}
            </Answered>
          </Panel>
          <div className="journey-side" tabIndex={0} role="region" aria-label="Tastes, chances and suggestions">
            <TasteCourse userId={userId} live={live} />
            <Chances userId={userId} />
            <Suggestions userId={userId} live={live} />
            <Panel title="Would get on with">
              <MatchesOf userId={userId} />
            </Panel>
          </div>
        </div>
      </div>
    </div>
  );
}

function Headline({ person, stage }: { readonly person: PersonAnswer; readonly stage: string | null }) {
  const facts = [
    person.borough,
    counted(person.friend_count, "friend", "friends"),
    plain(person.lifecycle),
    stage === null ? null : `stage: ${plain(stage)}`,
    `here since ${dayOf(person.registered_at)}`,
  ].filter((fact) => fact !== null);
  return (
    <div className="journey-person">
      <Face userId={person.user_id} size={48} />
      <div>
        <h2>{person.name}</h2>
        <p>
          <PersonaDot persona={person.persona} /> {personaTitle(person.persona)} · {facts.join(" · ")}
        </p>
      </div>
    </div>
  );
}
