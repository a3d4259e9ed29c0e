/** State outside React: written as often as the city likes, told to the page once a frame. */
import { useSyncExternalStore } from "react";

/** Runs a task before the next paint. */
export type Schedule = (task: () => void) => void;

/** A hidden page gets no animation frames; its clock must go on. */
const HIDDEN_MS = 250;

export const nextFrame: Schedule = (task) => {
  if (document.hidden) {
    setTimeout(task, HIDDEN_MS);
  } else {
    requestAnimationFrame(task);
  }
};

export interface Readable<State> {
  get: () => State;
  subscribe: (listener: () => void) => () => void;
}

export class Store<State> implements Readable<State> {
  readonly #listeners = new Set<() => void>();
  readonly #schedule: Schedule;
  #written: State;
  #shown: State;
  #waiting = false;

  constructor(initial: State, schedule: Schedule = nextFrame) {
    this.#written = initial;
    this.#shown = initial;
    this.#schedule = schedule;
  }

  /** What the page sees: it changes only when listeners are told. */
  get = (): State => this.#shown;

  /** What has been written, told or not. */
  latest(): State {
    return this.#written;
  }

  set(state: State): void {
    if (Object.is(state, this.#written)) {
      return;
    }
    this.#written = state;
    if (!this.#waiting) {
      this.#waiting = true;
      this.#schedule(this.#tell);
    }
  }

  update(change: (state: State) => State): void {
    this.set(change(this.#written));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly #tell = (): void => {
    this.#waiting = false;
    this.#shown = this.#written;
    for (const listener of this.#listeners) {
      listener();
    }
  };
}

/** Part of a store; the component renders again only when that part changes. Return parts, not new objects. */
export function useStore<State, Part>(store: Readable<State>, select: (state: State) => Part): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
