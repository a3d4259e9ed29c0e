/** The graph itself, outside React: WebGL for people and friendships, a canvas above it for what happens between them. */
import Graph from "graphology";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import { personaToken } from "../../../lib/personas.ts";
import { token } from "../../../lib/theme.ts";
import type { CityEvent } from "../../../lib/types.ts";
import { Brush, Effects, type Inks } from "./effects.ts";
import { drawHover, Names } from "./hover.ts";
import type { Arranged, Order } from "./layout.ts";
import { edgeLook, nodeLook, sizeOf, startOf, type Focus } from "./looks.ts";
import type { Society } from "./society.ts";

interface Hearing {
  readonly onHover: (userId: string | null) => void;
  readonly onOpen: (userId: string) => void;
}

/** Iterations of the layout for a new graph, and for a changed one. */
const HOT = 260;
const WARM = 60;
const SIZES_MS = 700;

export class GraphStage {
  readonly #society: Society;
  readonly #graph = new Graph({ type: "undirected" });
  readonly #sigma: Sigma;
  readonly #canvas: HTMLCanvasElement;
  readonly #effects = new Effects();
  readonly #names = new Names();
  readonly #still: boolean;
  readonly #layout = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  /** Who the layout arranges, in its order; the turn says which order an answer is to. */
  #arranged: readonly string[] = [];
  #turn = 0;
  #focus: Focus = { chosen: null, hovered: null, near: new Set(), personas: new Set() };
  #inks: Inks = inks();
  #heat = 0;
  #sizedAt = 0;
  #frame = 0;
  #gone = false;

  constructor(place: HTMLElement, canvas: HTMLCanvasElement, society: Society, hearing: Hearing) {
    this.#society = society;
    this.#canvas = canvas;
    this.#still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#sigma = new Sigma(this.#graph, place, {
      ...this.#colours(),
      allowInvalidContainer: true,
      defaultDrawNodeHover: drawHover,
      defaultDrawNodeLabel: this.#names.draw,
      labelFont: '"Inter Variable", sans-serif',
      labelSize: 12,
      labelWeight: "500",
      labelDensity: 0.35,
      labelGridCellSize: 110,
      labelRenderedSizeThreshold: 7.5,
      minCameraRatio: 0.08,
      maxCameraRatio: 2.2,
      stagePadding: 36,
      zIndex: true,
      nodeReducer: (id, data) => nodeLook(id, data, this.#focus),
      edgeReducer: (pair) => edgeLook(this.#graph.extremities(pair), this.#society.ties.get(pair)?.interactions ?? 0, this.#focus),
    });
    this.#sigma.on("enterNode", ({ node }) => this.#hover(node, hearing));
    this.#sigma.on("leaveNode", () => this.#hover(null, hearing));
    this.#sigma.on("clickNode", ({ node }) => hearing.onOpen(node));
    this.#sigma.on("beforeRender", () => this.#names.begin());
    this.#sigma.on("afterRender", () => this.#paint(performance.now()));
    this.#layout.addEventListener("message", ({ data }: MessageEvent<Arranged>) => this.#moved(data));
  }

  /** People and friendships as the society has them now; whoever is new starts near a friend. */
  sync(): void {
    const graph = this.#graph;
    const before = graph.order;
    const grown = graph.size;
    graph.filterNodes((id) => !this.#society.people.has(id)).forEach((id) => graph.dropNode(id));
    for (const person of this.#society.people.values()) {
      const looks = { label: person.name, persona: person.persona, color: token(personaToken(person.persona)) };
      if (graph.hasNode(person.user_id)) {
        graph.mergeNodeAttributes(person.user_id, looks);
      } else {
        graph.addNode(person.user_id, { ...looks, ...startOf(person), size: 4 });
      }
    }
    graph.filterEdges((edge) => !this.#society.ties.has(edge)).forEach((edge) => graph.dropEdge(edge));
    for (const [pair, { a, b }] of this.#society.ties) {
      if (!graph.hasEdge(pair) && graph.hasNode(a) && graph.hasNode(b)) {
        graph.addUndirectedEdgeWithKey(pair, a, b);
      }
    }
    this.#size();
    if (graph.order !== before || graph.size !== grown) {
      this.#arrange(Math.max(this.#heat, before === 0 ? HOT : WARM));
    }
    this.#wake();
  }

  hear(events: readonly CityEvent[]): void {
    const now = performance.now();
    let grown = false;
    for (const event of events) {
      const happening = this.#society.hear(event);
      if (happening !== null) {
        this.#effects.add(happening, now);
        grown ||= happening.kind === "friendship";
      }
    }
    if (grown) {
      this.sync();
    }
    this.#wake();
  }

  focus(chosen: string | null, personas: ReadonlySet<string>): void {
    this.#focus = { ...this.#focus, chosen, personas };
    this.#refocus();
  }

  recolour(): void {
    this.#inks = inks();
    this.#sigma.setSettings(this.#colours());
    this.#graph.forEachNode((id, { persona }) => this.#graph.setNodeAttribute(id, "color", token(personaToken(persona as string | null))));
    this.#size();
    this.#sigma.refresh();
  }

  zoom(factor: number): void {
    const camera = this.#sigma.getCamera();
    void camera.animate({ ratio: camera.ratio / factor }, { duration: this.#still ? 0 : 180 });
  }

  fit(): void {
    void this.#sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: this.#still ? 0 : 260 });
  }

  remove(): void {
    this.#gone = true;
    cancelAnimationFrame(this.#frame);
    this.#layout.terminate();
    this.#sigma.kill();
  }

  readonly #step = (now: number): void => {
    this.#frame = 0;
    if (this.#gone) {
      return;
    }
    if (now - this.#sizedAt > SIZES_MS) {
      this.#sizedAt = now;
      this.#size();
    }
    this.#paint(now);
    if (this.#effects.count > 0) {
      this.#wake();
    }
  };

  #wake(): void {
    if (this.#frame === 0 && !this.#gone) {
      this.#frame = requestAnimationFrame(this.#step);
    }
  }

  /** Sets the layout going from where everybody stands. */
  #arrange(iterations: number): void {
    const graph = this.#graph;
    this.#heat = iterations;
    this.#turn += 1;
    this.#arranged = graph.nodes();
    const numbers = new Map(this.#arranged.map((id, number) => [id, number]));
    const order: Order = {
      turn: this.#turn,
      spots: Float32Array.from(this.#arranged.flatMap((id) => [graph.getNodeAttribute(id, "x") as number, graph.getNodeAttribute(id, "y") as number])),
      ties: Uint32Array.from(graph.mapEdges((_edge, _data, a, b) => [numbers.get(a) ?? 0, numbers.get(b) ?? 0]).flat()),
      iterations,
    };
    this.#layout.postMessage(order, [order.spots.buffer, order.ties.buffer]);
  }

  /** Everybody goes where the layout says; at once to the end where nothing may move. */
  #moved({ turn, spots, left }: Arranged): void {
    if (turn !== this.#turn || this.#gone) {
      return;
    }
    this.#heat = left;
    if (this.#still && left > 0) {
      return;
    }
    const numbers = new Map(this.#arranged.map((id, number) => [id, number]));
    this.#graph.updateEachNodeAttributes((id, data) => {
      const number = numbers.get(id);
      return number === undefined ? data : { ...data, x: spots[2 * number], y: spots[2 * number + 1] };
    });
  }

  /** Size by what people do lately, width by how much two have to do with each other. */
  #size(): void {
    // without a hint of what changes: Sigma takes one as leave to draw people it has not met
    this.#graph.updateEachNodeAttributes((id, data) => ({ ...data, size: sizeOf(this.#society.activityOf(id), this.#society.people.get(id)?.friend_count ?? 0) }));
  }

  #hover(hovered: string | null, hearing: Hearing): void {
    this.#focus = { ...this.#focus, hovered };
    this.#refocus();
    hearing.onHover(hovered);
  }

  #refocus(): void {
    const centre = this.#focus.hovered ?? this.#focus.chosen;
    const near = new Set(centre !== null && this.#graph.hasNode(centre) ? [centre, ...this.#graph.neighbors(centre)] : []);
    this.#focus = { ...this.#focus, near };
    this.#sigma.scheduleRefresh();
  }

  #paint(now: number): void {
    const { width, height } = this.#sigma.getDimensions();
    const ratio = window.devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    const context = this.#canvas.getContext("2d");
    if (context === null) {
      return;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const brush = new Brush(context, (id) => this.#spot(id), this.#inks, this.#still, width);
    this.#effects.at(now).forEach((effect) => brush.draw(effect));
  }

  #spot(id: string): { x: number; y: number } | null {
    if (!this.#graph.hasNode(id)) {
      return null;
    }
    const { x, y } = this.#graph.getNodeAttributes(id) as { x: number; y: number };
    return this.#sigma.graphToViewport({ x, y });
  }

  #colours(): Partial<Settings> {
    return { labelColor: { color: token("ink") }, defaultEdgeColor: token("line-strong") };
  }
}

const inks = (): Inks => ({
  social: token("social"), accent: token("accent"), good: token("good"), bad: token("bad"), ink: token("ink"), ground: token("ground"),
});
