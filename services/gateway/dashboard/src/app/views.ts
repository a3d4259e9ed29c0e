/** The views of the page: the one list that the rail, the keys, the palette and the address go by. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { IconName } from "../components/Icon.tsx";

export interface View {
  /** First part of the address: `#/city`. */
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  /** Key that opens it. */
  readonly shortcut: string;
  /** What it shows, for the palette. */
  readonly hint: string;
  /** Fills its place to the bottom instead of scrolling as one sheet. */
  readonly whole: boolean;
  readonly Body: LazyExoticComponent<ComponentType>;
}

/** In the order of the rail. Each is a file `features/<view>/<View>View.tsx` of its own chunk: default export, no properties. */
export const VIEWS: readonly View[] = [
  { id: "city", title: "City", icon: "map", shortcut: "1", hint: "The map, what happens where, the sky above", whole: true, Body: lazy(() => import("../features/city/CityView.tsx")) },
  { id: "people", title: "People", icon: "people", shortcut: "2", hint: "Who knows whom, and one person's journey", whole: true, Body: lazy(() => import("../features/people/PeopleView.tsx")) },
  { id: "flow", title: "Flow", icon: "flow", shortcut: "3", hint: "Funnel, rates, answers and tastes over time", whole: false, Body: lazy(() => import("../features/flow/FlowView.tsx")) },
  { id: "events", title: "Events", icon: "list", shortcut: "4", hint: "Every record, its place on Kafka and its story", whole: true, Body: lazy(() => import("../features/events/EventsView.tsx")) },
  { id: "control", title: "Control", icon: "sliders", shortcut: "5", hint: "Steer the run, its scenarios and its people", whole: false, Body: lazy(() => import("../features/control/ControlView.tsx")) },
  { id: "health", title: "Health", icon: "pulse", shortcut: "6", hint: "Services, lag, dead letters, latency, memory", whole: false, Body: lazy(() => import("../features/health/HealthView.tsx")) },
];

export const viewOf = (id: string): View | undefined => VIEWS.find((view) => view.id === id);
