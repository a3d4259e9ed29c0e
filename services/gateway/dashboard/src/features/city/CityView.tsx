/** The city as a place: its map, what surrounds it, and the pulse of its events. */
import { RateChart } from "../../components/chart/RateChart.tsx";
import { useLuna } from "../../lib/context.ts";
import { CityMap } from "./CityMap.tsx";
import { Environment } from "./Environment.tsx";
import { useSurroundings } from "./surroundings.ts";
import "./city.css";
import "./environment.css";

export default function CityView() {
  const luna = useLuna();
  const question = useSurroundings();
  return (
    <div className="city">
      <CityMap surroundings={question.status === "ready" ? question.answer : null} onInspect={(event) => luna.inspected.set(event)} />
      <Environment question={question} />
      <RateChart />
    </div>
  );
}
