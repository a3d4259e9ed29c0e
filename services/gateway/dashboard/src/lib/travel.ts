/** Where the simulator goes on its way through time, as the reason of its state says it. */
const TRAVELLING = /^travelling to (\S+)$/;
const PAST = /^living its past until (\S+)$/;

/** The simulated moment it travels to; null while it does not. */
export function destinationOf(reason: string | null | undefined): string | null {
  return momentIn(TRAVELLING, reason);
}

/** The simulated moment at which the city begins to live; null where that is not said. */
export function birthOf(reason: string | null | undefined): string | null {
  return momentIn(PAST, reason);
}

function momentIn(words: RegExp, reason: string | null | undefined): string | null {
  const to = words.exec(reason ?? "")?.[1];
  return to === undefined || Number.isNaN(Date.parse(to)) ? null : to;
}
