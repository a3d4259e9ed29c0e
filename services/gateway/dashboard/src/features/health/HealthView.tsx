/** How the system is: who lives, who is behind, what could not be read, how fast and how big it is. */
import { RateChart } from "../../components/chart/RateChart.tsx";
import { DeadLetters } from "./DeadLetters.tsx";
import { LagChart, LatencyChart } from "./Charts.tsx";
import { Memory } from "./Memory.tsx";
import { Services } from "./Services.tsx";
import "./health.css";

export default function HealthView() {
  return (
    <div className="health">
      <Services />
      <RateChart />
      <LatencyChart />
      <LagChart />
      <Memory />
      <DeadLetters />
    </div>
  );
}
