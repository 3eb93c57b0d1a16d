import type { Choice } from "../../exchange.svelte";
import type { HeldCard } from "../../store/cards";
import type { ClaimPath } from "../card";
import { written } from "../path";
import { VCT } from "./authority";

/** What a holder agrees to who shows everything that a query asks of a card. */
export function chosen(card: HeldCard, paths: readonly ClaimPath[]): Choice {
  return { card, ...asked(paths) };
}

/** The same, whichever the card is. */
export function asked(paths: readonly ClaimPath[]): Omit<Choice, "card"> {
  const items = paths.map((path) => ({ id: written(path), path, claim: path }));
  return { query: { id: "card", format: "dc+sd-jwt", types: [VCT], wanted: items, combinations: [items.map(({ id }) => id)] }, items };
}
