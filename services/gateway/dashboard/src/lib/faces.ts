/** Faces where reading is guarded: an image's address carries no token, so the drawing is asked for and stands in the page. */
import { useEffect, useState } from "react";
import { useLuna } from "./context.ts";
import type { Luna } from "./luna.ts";
import { keptToken } from "./token.ts";

const MOST = 500;
const drawn = new Map<string, Promise<string | undefined>>();

function faceOf(luna: Luna, file: string): Promise<string | undefined> {
  const known = drawn.get(file);
  if (known !== undefined) {
    return known;
  }
  const asked = luna.ask<string>(file, "/avatars").then(
    (svg) => `data:image/svg+xml,${encodeURIComponent(svg)}`,
    () => {
      drawn.delete(file); // asked again by whoever shows it next
      return undefined;
    },
  );
  drawn.set(file, asked);
  for (const eldest of drawn.keys()) {
    if (drawn.size <= MOST) {
      break;
    }
    drawn.delete(eldest);
  }
  return asked;
}

/** What an image shows of a person; nothing while it is on its way. */
export function useFace(userId: string): string | undefined {
  const luna = useLuna();
  const file = `/${encodeURIComponent(userId)}.svg`;
  const guarded = keptToken() !== null;
  const [known, setKnown] = useState<{ readonly file: string; readonly source: string | undefined } | null>(null);
  useEffect(() => {
    let wanted = guarded;
    if (guarded) {
      void faceOf(luna, file).then((source) => (wanted ? setKnown({ file, source }) : undefined));
    }
    return () => {
      wanted = false;
    };
  }, [luna, file, guarded]);
  if (!guarded) {
    return `/avatars${file}`;
  }
  return known?.file === file ? known.source : undefined;
}
