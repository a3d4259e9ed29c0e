/** Runs the layout beside the page; a newer order ends the one in hand. */
import { arrange, type Arranged, type Order } from "./layout.ts";

const AT_ONCE = 2;
/** Pictures a second that the page is given: each costs it a drawing of everybody. */
const APART_MS = 80;

let work: Generator<Arranged, void> | null = null;

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  const idle = work === null;
  work = arrange(data, AT_ONCE);
  if (idle) {
    go();
  }
});

function go(): void {
  const until = performance.now() + APART_MS;
  let latest: Arranged | null = null;
  while (work !== null && performance.now() < until) {
    const next = work.next();
    if (next.done === true) {
      work = null;
    } else {
      latest = next.value;
    }
  }
  if (latest !== null) {
    postMessage(latest, { transfer: [latest.spots.buffer as ArrayBuffer] });
  }
  if (work !== null) {
    setTimeout(go);
  }
}
