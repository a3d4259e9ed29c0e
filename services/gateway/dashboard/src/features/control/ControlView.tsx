/** Everything that changes the city, and what became of each order. */
import { RateChart } from "../../components/chart/RateChart.tsx";
import { Unlock } from "../../components/controls/Unlock.tsx";
import { Behavior } from "./Behavior.tsx";
import { City } from "./City.tsx";
import { Orders } from "./Orders.tsx";
import { People } from "./People.tsx";
import { Run } from "./Run.tsx";
import { Scenarios } from "./Scenarios.tsx";
import { Sky } from "./Sky.tsx";
import { TimeSection } from "./time/TimeSection.tsx";
import { Totals } from "./Totals.tsx";
import { Trigger } from "./Trigger.tsx";
import "./control.css";
import "./forms.css";

export default function ControlView() {
  return (
    <div className="control-view">
      <Unlock />
      <div className="control-columns">
        <div className="control-column">
          <Run />
          <Scenarios />
          <RateChart />
          <Totals />
        </div>
        <div className="control-column">
          <Behavior />
          <Trigger />
          <Sky />
          <People />
          <City />
          <Orders />
        </div>
      </div>
      <TimeSection />
    </div>
  );
}
