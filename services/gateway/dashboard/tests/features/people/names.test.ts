import type { Settings } from "sigma/settings";
import { expect, it } from "vitest";
import { Names } from "../../../src/features/people/graph/hover.ts";

const SETTINGS = { labelSize: 12, labelWeight: "500", labelFont: "sans-serif" } as Settings;

/** A letter is seven pixels wide; what is written is kept with where it begins. */
function paper() {
  const written: [string, number][] = [];
  const context = { canvas: { width: 400 }, measureText: (text: string) => ({ width: 7 * text.length }), strokeText: () => undefined, fillText: (text: string, x: number) => written.push([text, x]) };
  return { written, context: context as unknown as CanvasRenderingContext2D };
}

const dot = (label: string | null, x: number, y: number) => ({ label, x, y, size: 6, color: "#000" });

it("names of the graph never lie across each other, in one frame", () => {
  const { written, context } = paper();
  const names = new Names();
  names.draw(context, dot("Ada Green", 100, 50), SETTINGS);
  names.draw(context, dot("Jin Wu", 130, 58), SETTINGS);
  names.draw(context, dot("Eli Khan", 130, 70), SETTINGS);
  names.draw(context, dot(null, 10, 10), SETTINGS);
  expect(written.map(([name]) => name)).toEqual(["Ada Green", "Eli Khan"]);
  names.begin();
  names.draw(context, dot("Jin Wu", 130, 58), SETTINGS);
  expect(written.at(-1)).toEqual(["Jin Wu", 140]);
});

it("a name stands left of a dot that is near the right edge", () => {
  const { written, context } = paper();
  new Names().draw(context, dot("Jin Mendez", 380, 50), SETTINGS);
  expect(written).toEqual([["Jin Mendez", 300]]);
});
