/** Names in the graph: beside their dot, on the side that has room, none across another; whoever is under the pointer stands out. */
import type { Settings } from "sigma/settings";
import type { NodeDisplayData, PartialButFor } from "sigma/types";
import { token } from "../../../lib/theme.ts";

type Drawn = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

const BESIDE = 4;

/** Names of one frame: the first that is drawn at a place has it. */
export class Names {
  #taken: Box[] = [];

  begin(): void {
    this.#taken = [];
  }

  readonly draw = (context: CanvasRenderingContext2D, data: Drawn, settings: Settings): void => {
    if (data.label === null) {
      return;
    }
    context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
    const box = boxOf(context, data.label, data, data.size + BESIDE);
    if (this.#taken.some(({ left, right, y }) => left < box.right && box.left < right && Math.abs(y - box.y) < settings.labelSize + BESIDE)) {
      return;
    }
    this.#taken.push(box);
    write(context, data.label, box, settings.labelSize);
  };
}

/** Where a name stands that the edge of the picture does not cut. */
function boxOf(context: CanvasRenderingContext2D, label: string, { x, y }: { readonly x: number; readonly y: number }, gap: number): Box {
  const whole = context.canvas.width / (window.devicePixelRatio || 1);
  const width = context.measureText(label).width;
  return x + gap + width <= whole ? { left: x + gap, right: x + gap + width, y } : { left: x - gap - width, right: x - gap, y };
}

function write(context: CanvasRenderingContext2D, label: string, { left, y }: Box, size: number): void {
  context.textAlign = "left";
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = token("surface");
  context.strokeText(label, left, y + size / 3);
  context.fillStyle = token("ink");
  context.fillText(label, left, y + size / 3);
}

/** A ring around whoever is under the pointer; the words stand in the card beside. */
export function drawHover(context: CanvasRenderingContext2D, data: Drawn, settings: Settings): void {
  context.strokeStyle = token("ink");
  context.lineWidth = 2;
  context.beginPath();
  context.arc(data.x, data.y, data.size + 3, 0, 2 * Math.PI);
  context.stroke();
  if (data.label === null) {
    return;
  }
  context.font = `600 ${settings.labelSize}px ${settings.labelFont}`;
  write(context, data.label, boxOf(context, data.label, data, data.size + 7), settings.labelSize);
}
