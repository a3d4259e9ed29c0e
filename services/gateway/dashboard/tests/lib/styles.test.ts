/** A view's stylesheet is loaded when the view is first opened and stays: it must not dress what another view shows. */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const SHEETS = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".css"));

/** The classes a stylesheet dresses by their name alone: `.row {`, not `.list .row {`. */
function dressedIn(sheet: string): ReadonlySet<string> {
  const rules = sheet.replaceAll(/\/\*[^]*?\*\//g, "").matchAll(/([^{}]+)\{/g);
  const selectors = [...rules].flatMap(([, list]) => (list ?? "").split(",")).map((selector) => selector.trim());
  return new Set(selectors.filter((selector) => /^\.[\w-]+$/.test(selector)));
}

describe("stylesheets", () => {
  it("dress a class by its name alone in one place only", () => {
    const places = new Map<string, string[]>();
    for (const path of SHEETS) {
      for (const name of dressedIn(readFileSync(`src/${path}`, "utf8"))) places.set(name, [...(places.get(name) ?? []), path]);
    }
    expect(places.size).toBeGreaterThan(200);
    expect([...places].filter(([, paths]) => paths.length > 1)).toEqual([]);
  });
});
