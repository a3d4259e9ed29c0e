/** Names in the graph: beside their dot, on the side that has room; whoever is under the pointer stands out. */
import type { Settings } from "sigma/settings";
import type { NodeDisplayData, PartialButFor } from "sigma/types";
import { token } from "../../../lib/theme.ts";

type Drawn = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

/** A name that the edge of the picture does not cut. */
export function drawLabel(context: CanvasRenderingContext2D, data: Drawn, settings: Settings): void {
  if (data.label === null) {
    return;
  }
  context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
  beside(context, data.label, data, data.size + 4, settings.labelSize);
}

function beside(context: CanvasRenderingContext2D, label: string, { x, y }: { readonly x: number; readonly y: number }, gap: number, size: number): void {
  const width = context.canvas.width / (window.devicePixelRatio || 1);
  const fits = x + gap + context.measureText(label).width <= width;
  context.textAlign = fits ? "left" : "right";
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = token("surface");
  context.strokeText(label, fits ? x + gap : x - gap, y + size / 3);
  context.fillStyle = token("ink");
  context.fillText(label, fits ? x + gap : x - gap, y + size / 3);
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
  beside(context, data.label, data, data.size + 7, settings.labelSize);
}
