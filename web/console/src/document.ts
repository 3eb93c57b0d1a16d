/** Whether a document that is valid until the end of `until` (`YYYY-MM-DD`) is no longer valid at `now`, by UTC. */
export function hasEnded(until: string, now: Date): boolean {
  return until.slice(0, 10) < now.toISOString().slice(0, 10);
}
