/** A person wherever one is named: a face, a name, the colour of the persona, and the way to the whole story. */
import type { CSSProperties, ReactNode } from "react";
import { useFace } from "../lib/faces.ts";
import { personaTitle, personaToken } from "../lib/personas.ts";
import { hashOf } from "../lib/route.ts";
import "../styles/personas.css";
import "./person.css";

interface Properties {
  readonly userId: string;
  readonly name?: string | null;
  readonly persona?: string | null;
  readonly children?: ReactNode;
}

const coloured = (persona: string | null | undefined): CSSProperties => ({ ["--persona" as string]: `var(--${personaToken(persona)})` });

export function Face({ userId, size = 28 }: { readonly userId: string; readonly size?: number }) {
  return <img className="face" src={useFace(userId)} width={size} height={size} alt="" loading="lazy" />;
}

/** A row that leads to the person's journey. */
export function PersonLink({ userId, name, persona, children }: Properties) {
  return (
    <a className="person-link" href={hashOf("people", [userId])} style={coloured(persona)}>
      <Face userId={userId} />
      <span className="person-words">
        <strong>{name ?? userId}</strong>
        {persona === undefined ? null : (
          <span className="person-persona">
            <i aria-hidden="true" />
            {personaTitle(persona)}
          </span>
        )}
        {children}
      </span>
    </a>
  );
}

export function PersonaDot({ persona }: { readonly persona: string | null }) {
  return <i className="persona-dot" aria-hidden="true" style={coloured(persona)} />;
}
