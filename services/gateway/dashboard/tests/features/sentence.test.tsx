import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Sentence } from "../../src/components/Sentence.tsx";
import { anEvent } from "../stage.ts";

afterEach(cleanup);

const written = (changes: Parameters<typeof anEvent>[0]) => render(<Sentence event={anEvent({ user_name: "Ada Green", venue_name: "Rook Pub", ...changes })} />).container.textContent;

it("a number and its unit stay on one line, words after a number may not", () => {
  expect(written({ event_type: "compatibility.calculated", other_user_name: "Jin Wu", score: 0.73 })).toContain("match 73\u00a0%");
  expect(written({ event_type: "recommendation.generated", reason_1: "0.4 km away" })).toContain("0.4\u00a0km away");
  expect(written({ event_type: "recommendation.generated", reason_1: "5 friends in common" })).toContain("5 friends");
  expect(written({ event_type: "session.ended", duration_seconds: 6000 })).toContain("1\u00a0h 40\u00a0min");
});
