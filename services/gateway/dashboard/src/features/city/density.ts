/** Tables booked by place, as hexagons that fill with how many there are. */
import type { Project } from "./geography.ts";
import type { Cell } from "./points.ts";

const RADIUS = 8;

export function drawDensity(context: CanvasRenderingContext2D, cells: readonly Cell[], project: Project, zoom: number, colour: string): void {
  const most = cells.reduce((peak, { weight }) => Math.max(peak, weight), 1);
  const radius = RADIUS * Math.min(3, Math.sqrt(zoom));
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  for (const { longitude, latitude, weight } of cells) {
    const [x, y] = project(longitude, latitude);
    const share = Math.sqrt(weight / most);
    context.beginPath();
    for (let corner = 0; corner < 6; corner += 1) {
      const angle = (corner * Math.PI) / 3 + Math.PI / 6;
      context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    context.closePath();
    context.globalAlpha = 0.08 + 0.42 * share;
    context.fill();
    context.globalAlpha = 0.25 + 0.5 * share;
    context.stroke();
  }
  context.globalAlpha = 1;
}
