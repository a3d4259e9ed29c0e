/** The correlation chain told as a story. */
import { Icon } from "../../components/Icon.tsx";
import { Sentence } from "../../components/Sentence.tsx";
import { Failed, Loading } from "../../components/States.tsx";
import { familyOf } from "../../lib/families.ts";
import { clockTime, shortTime } from "../../lib/format.ts";
import { refine } from "../../lib/route.ts";
import type { CityEvent } from "../../lib/types.ts";
import { stagesOf, type Chapter } from "./story.ts";
import { useStory } from "./useStory.ts";

export function StoryLine({ event }: { readonly event: CityEvent }) {
  const asked = useStory(event);
  return (
    <section className="story">
      <h3>Its story</h3>
      {asked.status === "loading" ? <Loading title="Following the chain" words="What led to it, and what came of it." /> : null}
      {asked.status === "failed" ? <Failed title="The story could not be had" words={asked.reason} /> : null}
      {asked.status === "ready" ? <Told chapters={asked.answer.chapters} source={asked.answer.source} /> : null}
    </section>
  );
}

function Told({ chapters, source }: { readonly chapters: readonly Chapter[]; readonly source: string }) {
  const stages = stagesOf(chapters);
  return (
    <>
      {stages.length === 0 ? null : (
        <ol className="story-stages" data-testid="story-stages">
          {stages.map(({ title, event }) => (
            <li key={title} data-stage={title} data-done={event !== null}>
              <i aria-hidden="true">{event === null ? null : <Icon name="check" />}</i>
              <b>{title}</b>
              <small>{event === null ? "not yet" : shortTime(event.simulation_time)}</small>
            </li>
          ))}
        </ol>
      )}
      {chapters.length < 2 ? (
        <p className="story-alone">Nothing led to it, and nothing has come of it yet{source === "memory" ? ", as far as the gateway remembers" : ""}.</p>
      ) : (
        <ol className="story-chain" data-testid="story">
          {chapters.map(({ event, relation }) => (
            <li key={event.event_id} className={`family-${familyOf(event)} story-${relation}`} data-event={event.event_id} data-relation={relation}>
              <button type="button" disabled={relation === "this"} onClick={() => refine({ event: event.event_id, topic: event.topic })}>
                <time dateTime={event.simulation_time}>{clockTime(event.simulation_time)}</time>
                <span>
                  <Sentence event={event} />
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
