/** The live graph of the people: hover tells, a click opens. */
import { useEffect, useRef, useState } from "react";
import type { SocialGraph as Told } from "../../../generated/api.ts";
import { Icon } from "../../../components/Icon.tsx";
import { PersonaDot } from "../../../components/Person.tsx";
import { Empty, Failed, Loading } from "../../../components/States.tsx";
import type { Question } from "../../../lib/asked.ts";
import { useLuna } from "../../../lib/context.ts";
import { counted } from "../../../lib/format.ts";
import { personaTitle } from "../../../lib/personas.ts";
import { useStore } from "../../../lib/store.ts";
import { theme } from "../../../lib/theme.ts";
import type { CityEvent } from "../../../lib/types.ts";
import type { GraphStage } from "./stage.ts";
import type { Society } from "./society.ts";
import "./graph.css";

interface Properties {
  readonly question: Question<Told>;
  /** Social events before this page opened, newest first: they say who has had to do with whom. */
  readonly past: readonly CityEvent[] | null;
  readonly society: Society;
  readonly chosen: string | null;
  readonly personas: ReadonlySet<string>;
  readonly onOpen: (userId: string) => void;
}

export function SocialGraph(properties: Properties) {
  const { question } = properties;
  if (question.status === "loading") {
    return <Loading title="Gathering who knows whom" words="The people and their friendships come from the gateway." />;
  }
  if (question.status === "failed") {
    return <Failed title="The graph could not be had" words={question.reason} onAgain={question.again} />;
  }
  if (question.answer.nodes.length === 0) {
    return <Empty title="Nobody lives here yet" words="Start the simulation: people appear as they join the city." />;
  }
  return <Drawn {...properties} answer={question.answer} />;
}

function Drawn({ answer, past, society, chosen, personas, onOpen }: Properties & { readonly answer: Told }) {
  const luna = useLuna();
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const opened = useRef(onOpen);
  const [stage, setStage] = useState<GraphStage | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [fault, setFault] = useState("");
  const shade = useStore(theme, (known) => known);
  useEffect(() => {
    opened.current = onOpen;
  }, [onOpen]);
  useEffect(() => {
    let made: GraphStage | null = null;
    let wanted = true;
    import("./stage.ts").then(
      ({ GraphStage }) => {
        if (wanted && place.current !== null && canvas.current !== null) {
          made = new GraphStage(place.current, canvas.current, society, { onHover: setHovered, onOpen: (userId) => opened.current(userId) });
          setStage(made);
        }
      },
    ).catch((error: unknown) => setFault(error instanceof Error ? error.message : String(error)));
    return () => {
      wanted = false;
      made?.remove();
      setStage(null);
    };
  }, [society]);
  useEffect(() => {
    society.load(answer);
    stage?.sync();
  }, [answer, society, stage]);
  useEffect(() => {
    past?.toReversed().forEach((event) => society.hear(event));
    stage?.sync();
  }, [past, society, stage]);
  useEffect(() => (stage === null ? undefined : luna.onEvents((events) => stage.hear(events))), [luna, stage]);
  useEffect(() => stage?.focus(chosen, personas), [stage, chosen, personas]);
  useEffect(() => stage?.recolour(), [stage, shade]);
  if (fault !== "") {
    return <Failed title="This browser cannot draw the graph" words={`It needs WebGL (${fault}). The search and the lists beside it work without.`} />;
  }
  return (
    <div className="graph-frame">
      <div ref={place} className="graph-place" role="img" aria-label={`Graph of ${answer.nodes.length} people and ${answer.edges.length} friendships. The search and the list of the busiest lead to the same people.`} data-testid="graph" data-people={answer.nodes.length} data-ties={answer.edges.length} data-drawn={stage === null ? "no" : "yes"} />
      <canvas ref={canvas} className="graph-effects" aria-hidden="true" />
      {hovered === null ? null : <HoverCard society={society} userId={hovered} />}
      <div className="graph-zoom">
        <button type="button" className="button icon-button" aria-label="Closer" onClick={() => stage?.zoom(1.5)}>
          <span aria-hidden="true">+</span>
        </button>
        <button type="button" className="button icon-button" aria-label="Farther" onClick={() => stage?.zoom(1 / 1.5)}>
          <span aria-hidden="true">−</span>
        </button>
        <button type="button" className="button icon-button" aria-label="Show everybody" onClick={() => stage?.fit()}>
          <Icon name="reset" />
        </button>
      </div>
      <Busiest society={society} onOpen={onOpen} />
    </div>
  );
}

function HoverCard({ society, userId }: { readonly society: Society; readonly userId: string }) {
  const person = society.people.get(userId);
  if (person === undefined) {
    return null;
  }
  const met = society.friendsOf(userId).filter((friend) => society.interactionsOf(userId, friend) > 0).length;
  return (
    <div className="graph-card" role="status">
      <strong>{person.name}</strong>
      <span>
        <PersonaDot persona={person.persona} /> {personaTitle(person.persona)}
        {person.borough === null ? "" : ` · ${person.borough}`}
      </span>
      <span>
        {counted(person.friend_count, "friend", "friends")} · in touch with {met} lately
      </span>
      <small>Click to open</small>
    </div>
  );
}

const BUSIEST = 5;
const BUSIEST_MS = 2000;

/** The graph for those who do not point at it: whoever does most just now. */
function Busiest({ society, onOpen }: { readonly society: Society; readonly onOpen: (userId: string) => void }) {
  const [busiest, setBusiest] = useState(() => society.busiest(BUSIEST));
  useEffect(() => {
    const timer = setInterval(() => setBusiest(society.busiest(BUSIEST)), BUSIEST_MS);
    return () => clearInterval(timer);
  }, [society]);
  return (
    <section className="graph-busiest" aria-label="Busiest just now">
      <h3>Busiest just now</h3>
      {busiest.length === 0 ? (
        <p>Quiet for the moment.</p>
      ) : (
        <ol>
          {busiest.map(({ user_id, name, persona }) => (
            <li key={user_id}>
              <button type="button" onClick={() => onOpen(user_id)} data-testid="busiest">
                <PersonaDot persona={persona} />
                {name}
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
