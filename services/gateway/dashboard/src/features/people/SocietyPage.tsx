/** The graph with what stands beside it: a search, the person chosen, matches, and what the booking agent decides. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { ChannelPage, SocialGraph as Told } from "../../generated/api.ts";
import { Panel } from "../../components/Panel.tsx";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { amount, counted } from "../../lib/format.ts";
import { refine, useFilter } from "../../lib/route.ts";
import { ChosenPerson } from "./ChosenPerson.tsx";
import { Decisions } from "./Decisions.tsx";
import { Matches } from "./Matches.tsx";
import { PersonaLegend } from "./PersonaLegend.tsx";
import { Search } from "./Search.tsx";
import { SocialGraph } from "./graph/SocialGraph.tsx";
import { Society } from "./graph/society.ts";
import "../../styles/personas.css";
import "./people.css";
import "./cards.css";

const SIZES = ["100", "250", "500", "1000"];
const USUAL = "250";
const AGAIN_MS = 45_000;
/** What a link may bring into view. */
const LOOKS: Readonly<Partial<Record<string, string>>> = { decisions: ".people-decisions", matches: ".people-matches" };

export function SocietyPage() {
  const luna = useLuna();
  const [most, setMost] = useFilter("most", USUAL);
  const [chosen] = useFilter("person");
  const [look] = useFilter("look");
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => page.current?.querySelector(LOOKS[look] ?? "none")?.scrollIntoView({ block: "nearest" }), [look]);
  const [persona, setPersona] = useFilter("persona");
  const graph = useAsked<Told>(`/social/graph?limit=${SIZES.includes(most) ? most : USUAL}`, { everyMs: AGAIN_MS });
  const past = useAsked<ChannelPage>("/admin/streams/history/social_interactions?limit=1000");
  const [society] = useState(() => new Society());
  useEffect(() => luna.onRestart(() => society.clear()), [luna, society]);
  const personas = useMemo(() => new Set(persona.split(",").filter((name) => name !== "")), [persona]);
  const answer = graph.status === "ready" ? graph.answer : null;
  return (
    <div ref={page} className="people-view" data-testid="people-view">
      <div className="people-page">
        <Panel
          title="Who knows whom"
          className="people-graph"
          note={answer === null ? undefined : `${counted(answer.nodes.length, "person", "people")} · ${amount(answer.edges.length)} friendships`}
          actions={
            <div className="people-tools">
              <Search />
              <label className="people-most">
                <span className="unseen">People shown</span>
                <select className="field" value={most} onChange={(event) => setMost(event.target.value)} data-testid="graph-most">
                  {SIZES.map((size) => (
                    <option key={size} value={size}>{`${size} best connected`}</option>
                  ))}
                </select>
              </label>
            </div>
          }
        >
          <SocialGraph question={graph} past={past.status === "ready" ? past.answer.events : null} society={society} chosen={chosen === "" ? null : chosen} personas={personas} onOpen={(userId) => refine({ person: userId })} />
          <PersonaLegend people={answer?.nodes ?? []} personas={personas} onPersonas={(names) => setPersona([...names].join(","))} />
        </Panel>
        <div className="people-side">
          {chosen === "" ? null : <ChosenPerson key={chosen} userId={chosen} onClose={() => refine({ person: null })} />}
          <Decisions />
          {chosen === "" ? <Matches /> : null}
        </div>
      </div>
    </div>
  );
}
