import type { ClaimPath } from "../card";
import type { CardQuery, Wanted } from "../query";
import { VCT } from "./authority";

/** What a holder agrees to who shows everything that a query asks. */
export function chosen(paths: readonly ClaimPath[]): { query: CardQuery; items: readonly Wanted[] } {
  const items = paths.map((path) => ({ id: path.join("-"), path, claim: path }));
  return { query: { id: "card", format: "dc+sd-jwt", types: [VCT], wanted: items, combinations: [items.map(({ id }) => id)] }, items };
}
