/** The force layout, in numbers alone: a worker runs it beside the page, where it costs no frame. */
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";

/** What to arrange: `spots` are x and y of each person in turn, `ties` the numbers of two people each. */
export interface Order {
  readonly turn: number;
  readonly spots: Float32Array;
  readonly ties: Uint32Array;
  readonly iterations: number;
}

/** Where people are by now, in the order's order, and how many iterations are left. */
export interface Arranged {
  readonly turn: number;
  readonly spots: Float32Array;
  readonly left: number;
}

/** Beyond so many people each is pushed by far crowds as by one. */
const CROWD = 500;

/** Arranges people, so many iterations at a time. */
export function* arrange({ turn, spots, ties, iterations }: Order, atOnce: number): Generator<Arranged, void> {
  const people = spots.length / 2;
  const graph = new Graph({ type: "undirected" });
  for (let number = 0; number < people; number += 1) {
    graph.addNode(number, { x: spots[2 * number], y: spots[2 * number + 1] });
  }
  for (let index = 0; index < ties.length; index += 2) {
    graph.mergeUndirectedEdge(ties[index], ties[index + 1]);
  }
  const settings = { linLogMode: true, outboundAttractionDistribution: true, gravity: 0.6, scalingRatio: 1.6, slowDown: 4, barnesHutOptimize: people > CROWD };
  for (let left = people > 1 ? iterations : 0; left > 0; ) {
    const now = Math.min(atOnce, left);
    forceAtlas2.assign(graph, { iterations: now, settings });
    left -= now;
    yield { turn, spots: spotsOf(graph), left };
  }
}

function spotsOf(graph: Graph): Float32Array {
  const spots = new Float32Array(2 * graph.order);
  graph.forEachNode((number, { x, y }) => spots.set([x as number, y as number], 2 * Number(number)));
  return spots;
}
