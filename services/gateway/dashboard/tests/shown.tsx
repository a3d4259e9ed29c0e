/** Components as the page shows them, over a city that says what a test lets it say. */
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import type { Api } from "../src/lib/api.ts";
import { LunaContext } from "../src/lib/context.ts";
import { Luna } from "../src/lib/luna.ts";
import { nextFrame } from "../src/lib/store.ts";
import { FakeWorld } from "./stage.ts";

const unasked = () => Promise.reject(new TypeError("nobody is asked here"));
const SILENT: Api = {
  get: unasked, order: unasked, write: unasked, venues: unasked, environment: unasked, course: unasked, scenarios: unasked, ticket: unasked, eventsOfVenue: unasked,
};

export const aCity = (): Luna => new Luna(SILENT, new FakeWorld());

/** Stores tell the page once a frame: what was said before is shown after one. */
export async function shown(element: ReactNode, luna: Luna = aCity()): Promise<HTMLElement> {
  await new Promise<void>((painted) => nextFrame(painted));
  return render(<LunaContext value={luna}>{element}</LunaContext>).container;
}

/** The text of an element by its test id; null where there is none. */
export const said = (container: HTMLElement, testId: string): string | null =>
  container.querySelector(`[data-testid="${testId}"]`)?.textContent ?? null;
