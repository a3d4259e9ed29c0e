/** What surrounds everybody: sky, streets, events, what trends; and the city's time against ours. */
import { Icon } from "../../components/Icon.tsx";
import { Answered } from "../../components/States.tsx";
import { Panel } from "../../components/Panel.tsx";
import type { Question } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { amount, capital, clockTime, counted, duration, hereTime, plain, shortTime, when } from "../../lib/format.ts";
import { hashOf } from "../../lib/route.ts";
import { SKIES } from "../../lib/sky.ts";
import { useStore } from "../../lib/store.ts";
import { ofHouses, ofTheCity, type HouseEvent } from "./houses.ts";
import type { SpecialEvent, Surroundings } from "./surroundings.ts";

const MOST_TRENDING = 5;
const MOST_HOUSES = 2;

export function Environment({ question }: { readonly question: Question<Surroundings> }) {
  return (
    <Panel title="Surroundings" className="environment" scrolls>
      <Times />
      <Answered question={question} what="the surroundings">
        {(surroundings) => (
          <>
            <Sky surroundings={surroundings} />
            <Events events={surroundings.special_events} holiday={surroundings.holiday?.name ?? null} promotions={surroundings.promotions.length} />
            <Trending trending={surroundings.trending.slice(0, MOST_TRENDING)} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

/** Wall time is the gateway's, so that both clocks are of one moment. */
function Times() {
  const luna = useLuna();
  const simulated = useStore(luna.state, (state) => state?.simulation_time ?? null);
  const speed = useStore(luna.state, (state) => state?.speed_achieved ?? null);
  const wall = useStore(luna.state, (state) => state?.wall_time ?? null);
  return (
    <dl className="environment-facts">
      <div>
        <dt>In the city</dt>
        <dd>{simulated === null ? "–" : clockTime(simulated)}</dd>
      </div>
      <div>
        <dt>Here</dt>
        <dd>{wall === null ? "–" : hereTime(wall)}</dd>
      </div>
      <div>
        <dt>A second here</dt>
        <dd data-testid="second-here">{speed === null || speed <= 0 ? "stands still" : duration(Math.round(speed))}</dd>
      </div>
    </dl>
  );
}

function Sky({ surroundings: { weather, traffic } }: { readonly surroundings: Surroundings }) {
  return (
    <div className="environment-sky">
      {weather === null ? null : (
        <p data-testid="environment-weather" data-condition={weather.condition}>
          <Icon name={SKIES[weather.condition] ?? "cloud"} />
          <b>{amount(Math.round(weather.temperature_c))} °C</b>
          <span>
            {capital(plain(weather.condition))}
            {`, wind ${Math.round(weather.wind_kph)} km/h`}
          </span>
        </p>
      )}
      {traffic === null ? null : (
        <p data-testid="environment-traffic" data-condition={traffic.condition}>
          <Icon name="bolt" />
          <b>{capital(traffic.condition)}</b>
          <span>traffic{Math.round(traffic.delay_minutes) === 0 ? "" : `, ${Math.round(traffic.delay_minutes)} min longer`}</span>
        </p>
      )}
    </div>
  );
}

function Events({ events: all, holiday, promotions }: { readonly events: readonly SpecialEvent[]; readonly holiday: string | null; readonly promotions: number }) {
  const luna = useLuna();
  const now = useStore(luna.state, (state) => state?.simulation_time ?? null);
  const events = ofTheCity(all);
  return (
    <ul className="environment-events" aria-label="Events">
      {holiday === null ? null : <li>{holiday}</li>}
      {events.map((event) => (
        <li key={event.name}>
          <b>{event.name}</b>
          <span>
            {capital(plain(event.kind))}, {event.phase === "started" ? "until" : "from"} {when(event.phase === "started" ? event.ends_at : event.starts_at, now ?? event.starts_at)}
            {`, ${counted(event.crowd, "person", "people")}`}
          </span>
        </li>
      ))}
      <Houses held={ofHouses(all)} />
      {promotions === 0 ? null : <li>{counted(promotions, "venue has a promotion", "venues have promotions")}</li>}
      {holiday === null && all.length === 0 && promotions === 0 ? <li>Nothing special today</li> : null}
    </ul>
  );
}

function Houses({ held }: { readonly held: readonly HouseEvent[] }) {
  const more = held.length - MOST_HOUSES;
  return (
    <>
      {held.slice(0, MOST_HOUSES).map(({ venue_id, name, phase, starts_at, ends_at }) => (
        <li key={`${venue_id} ${name}`} data-testid="house-event">
          <a href={hashOf("city", [], { venue: venue_id })}>{name}</a>
          <span>{phase === "started" ? ` until ${shortTime(ends_at)}` : ` from ${shortTime(starts_at)}`}</span>
        </li>
      ))}
      {more > 0 ? <li>{counted(more, "more venue holds something today", "more venues hold something today")}</li> : null}
    </>
  );
}

function Trending({ trending }: { readonly trending: Surroundings["trending"] }) {
  return trending.length === 0 ? null : (
    <div className="environment-trends">
      <h3>Trending</h3>
      <ol>
        {trending.map(({ venue_id, venue_name }) => (
          <li key={venue_id}>
            <a href={hashOf("city", [], { venue: venue_id })}>{venue_name ?? venue_id}</a>
          </li>
        ))}
      </ol>
    </div>
  );
}
