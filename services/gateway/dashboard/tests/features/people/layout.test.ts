import { describe, expect, it } from "vitest";
import { arrange, type Order } from "../../../src/features/people/graph/layout.ts";

const SIDE = 12;

/** Two crowds in which everybody knows everybody, mixed up on one circle, and one person between them. */
function order(iterations: number): Order {
  const people = 2 * SIDE + 1;
  const spots = new Float32Array(2 * people);
  const ties: number[] = [];
  for (let one = 0; one < people; one += 1) {
    spots.set([50 * Math.cos(one), 50 * Math.sin(one)], 2 * one);
    for (let other = one + 2; other < 2 * SIDE && one < 2 * SIDE; other += 2) {
      ties.push(one, other);
    }
  }
  ties.push(2 * SIDE, 0, 2 * SIDE, 1);
  return { turn: 7, spots, ties: Uint32Array.from(ties), iterations };
}

const apart = (spots: Float32Array, a: number, b: number): number =>
  Math.hypot((spots[2 * a] ?? 0) - (spots[2 * b] ?? 0), (spots[2 * a + 1] ?? 0) - (spots[2 * b + 1] ?? 0));

describe("the layout of the graph", () => {
  it("says where everybody is after each portion, until none is left", () => {
    const said = [...arrange(order(10), 4)];
    expect(said.map(({ left }) => left)).toEqual([6, 2, 0]);
    expect(new Set(said.map(({ turn }) => turn))).toEqual(new Set([7]));
    said.forEach(({ spots }) => expect(spots).toHaveLength(2 * (2 * SIDE + 1)));
  });

  it("brings friends together and others apart", () => {
    const last = [...arrange(order(300), 50)].at(-1)?.spots ?? new Float32Array();
    const pairs = Array.from({ length: 2 * SIDE - 2 }, (_, one) => one);
    const friends = Math.max(...pairs.map((one) => apart(last, one, one + 2)));
    const strangers = Math.min(...pairs.map((one) => apart(last, one, one + 1)));
    expect(friends).toBeLessThan(strangers);
  });

  it("leaves one person alone where they are", () => {
    expect([...arrange({ turn: 1, spots: Float32Array.from([1, 2]), ties: new Uint32Array(), iterations: 10 }, 2)]).toEqual([]);
  });
});
