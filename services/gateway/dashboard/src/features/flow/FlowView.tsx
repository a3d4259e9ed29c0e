/** How the city flows: from a look to a table to a review, how fast, and who. */
import { useCallback, useMemo } from "react";
import { Failed, Loading } from "../../components/States.tsx";
import { useAsked, type Question } from "../../lib/asked.ts";
import { useLiveBands, type Band } from "../../lib/rates.ts";
import { useFilter } from "../../lib/route.ts";
import { useTruthBands } from "../../lib/truth.ts";
import { Charts } from "./Charts.tsx";
import { Funnel } from "./Funnel.tsx";
import { courseOf, type Course } from "./figures.ts";
import { rangeOf, RANGES, type Range } from "./ranges.ts";
import { Tiles } from "./Tiles.tsx";
import { TopVenues } from "./TopVenues.tsx";
import { useLiveCourse } from "./useLiveCourse.ts";
import { useTasteFlow } from "./useTasteFlow.ts";
import "../../styles/personas.css";
import "./flow.css";

export default function FlowView() {
  const [name, setName] = useFilter("range", "live");
  const range = rangeOf(name);
  const choose = useCallback((chosen: string) => setName(chosen), [setName]);
  return (
    <div className="flow-view" data-testid="flow-view" data-range={range.name}>
      <header className="flow-head">
        <h2 className="unseen">Flow</h2>
        <div className="flow-ranges" role="group" aria-label="Span of time">
          {RANGES.map((one) => (
            <button key={one.name} type="button" className="button" aria-pressed={one.name === range.name} onClick={() => choose(one.name)} data-testid={`range-${one.name}`}>
              {one.title}
            </button>
          ))}
        </div>
        <p>{range.name === "live" ? "The last four minutes of your clock, counted by this page" : "Simulated time, counted by analytics; shaded where a scenario is known to have acted"}</p>
      </header>
      {range.groupBy === null ? <Live range={range} /> : <Past key={range.name} range={range} groupBy={range.groupBy} />}
    </div>
  );
}

function Live({ range }: { readonly range: Range }) {
  const course = useLiveCourse();
  const bands = useLiveBands();
  return <Body range={range} course={course} bands={bands} />;
}

function Past({ range, groupBy }: { readonly range: Range; readonly groupBy: string }) {
  const asked = useAsked<Readonly<Record<string, unknown>>>(`/admin/metrics/aggregate?time_range=${range.name}&group_by=${groupBy}&breakdown=persona`, { everyMs: range.everyMs });
  const answer = asked.status === "ready" ? asked.answer : null;
  const told = useMemo(() => (answer === null ? null : courseOf(answer, range.width)), [answer, range.width]);
  const course = useTasteFlow(told);
  const bands = useTruthBands(course?.buckets.at(-1)?.at ?? 0);
  if (course === null) {
    return <NoCourse asked={asked} />;
  }
  return (
    <>
      {asked.status === "ready" && asked.stale !== "" ? <p className="state-stale" role="status">{`This is the last answer: ${asked.stale}`}</p> : null}
      <Body range={range} course={course} bands={bands} />
    </>
  );
}

function NoCourse({ asked }: { readonly asked: Question<unknown> }) {
  return asked.status === "failed" ? (
    <Failed title="Analytics has no answer" words={`${asked.reason}. The live figures are counted by this page and need nobody.`} onAgain={asked.again} />
  ) : (
    <Loading title="Asking analytics for this span" words="It adds up closed windows of simulated time." />
  );
}

function Body({ range, course, bands }: { readonly range: Range; readonly course: Course; readonly bands: readonly Band[] }) {
  return (
    <>
      <Tiles course={course} range={range} />
      <div className="flow-grid">
        <Funnel range={range} />
        <TopVenues range={range} />
        <Charts course={course} bands={bands} range={range} />
      </div>
    </>
  );
}
