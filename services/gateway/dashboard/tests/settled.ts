/** Stores tell what was written to them a moment later: no file ends before that, when its page is gone. */
import { afterAll } from "vitest";

const TOLD_MS = 400;
const later = globalThis.setTimeout;

afterAll(() => new Promise<void>((told) => later(told, TOLD_MS)));
