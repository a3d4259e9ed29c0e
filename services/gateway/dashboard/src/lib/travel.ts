/** Where the simulator goes on its way through time, as the reason of its state says it. */
const TRAVELLING = /^travelling to (\S+)$/;

/** The simulated moment it travels to; null while it does not. */
export function destinationOf(reason: string | null | undefined): string | null {
  const to = TRAVELLING.exec(reason ?? "")?.[1];
  return to === undefined || Number.isNaN(Date.parse(to)) ? null : to;
}
