import type { Choice } from "./exchange.svelte";
import { choose, plan, type Ask, type Candidate, type Part, type Stock } from "./protocol/matching";
import { distinct, type ClaimPath } from "./protocol/path";
import type { Query, Wanted } from "./protocol/query";
import type { HeldCard } from "./store/cards";

/** What a holder is asked about; may change under way, as cards are looked up. */
export interface Asked {
  readonly query: Query;
  readonly cards: readonly HeldCard[];
  readonly stock: Stock;
}

/** A card as it would be shown. */
export interface Shown {
  part: Part<HeldCard>;
  now: Candidate<HeldCard>;
  /** Ids of items beyond what is needed that the holder gives. */
  added: readonly string[];
  /** What would be given; `undefined` where the asker takes no such combination. */
  items: readonly Wanted[] | undefined;
  /** Whether all that is ticked would be given: not every combination is one that was asked for. */
  isExact: boolean;
  /** What has to be given. */
  given: readonly ClaimPath[];
}

/** A set of the request as the holder decides about it. */
export interface Section {
  at: number;
  ask: Ask<HeldCard>;
  /** The way that is chosen. */
  way: string;
  /** Whether it is part of the answer: what need not be answered is left out unless the holder adds it. */
  isTaken: boolean;
  /** Its cards, without those that an earlier section has. */
  shown: readonly Shown[];
}

/** By what a way is told from the others of its set. */
export function nameOfWay(parts: readonly Part<HeldCard>[]): string {
  return parts.map(({ key }) => key).join(",");
}

/** What the holder agrees to before it is given: no more than is needed, until something is added. */
export class Agreement {
  #ways: Readonly<Record<number, string>> = $state.raw({});
  #taken: readonly number[] = $state.raw([]);
  /** The card chosen for a part. */
  #cards: Readonly<Record<string, string>> = $state.raw({});
  /** The items added, by part, card and query: what was added belongs to one card and one way to show it. */
  #added: Readonly<Record<string, readonly string[]>> = $state.raw({});
  readonly #asks = $derived.by(() => plan(this.asked.query, this.asked.cards, this.asked.stock));

  /** Whether anything can be given at all. */
  readonly isPossible = $derived(this.#asks.every(({ isRequired, ways }) => !isRequired || ways.length > 0) && this.#asks.some(({ ways }) => ways.length > 0));

  /** What must be answered, then what may be; nothing that would add nothing. */
  readonly sections: readonly Section[] = $derived.by(() => {
    const all = this.#asks.map((ask, at) => ({ ask, at })).filter(({ ask }) => ask.ways.length > 0);
    const seen = new Set<string>();
    return [...all.filter(({ ask }) => ask.isRequired), ...all.filter(({ ask }) => !ask.isRequired)].flatMap(({ ask, at }) => {
      const section = this.#section(ask, at, seen);
      return section.shown.length > 0 || (section.isTaken && ask.ways.length > 1) ? section : [];
    });
  });

  /** Every card that would be shown. */
  readonly shown: readonly Shown[] = $derived(this.sections.filter(({ isTaken }) => isTaken).flatMap(({ shown }) => shown));

  /** What would be given; `undefined` as long as there is nothing that the asker would take. */
  readonly choices: readonly Choice[] | undefined = $derived.by(() => {
    const choices = this.shown.flatMap(({ now: { card, fits }, items, isExact }) => (items && isExact ? { card, query: fits.query, items } : []));
    return this.isPossible && choices.length > 0 && choices.length === this.shown.length ? choices : undefined;
  });

  constructor(private readonly asked: Asked) {}

  /** Answers a set in another way. */
  turn(at: number, way: string): void {
    this.#ways = { ...this.#ways, [at]: way };
  }

  /** Adds what need not be answered, or leaves it out again. */
  take(at: number, isTaken: boolean): void {
    this.#taken = isTaken ? [...this.#taken, at] : this.#taken.filter((other) => other !== at);
  }

  /** Shows another card. */
  select(part: Part<HeldCard>, card: string): void {
    this.#cards = { ...this.#cards, [part.key]: card };
  }

  /** Gives these items beyond what is needed. */
  add(shown: Shown, ids: readonly string[]): void {
    this.#added = { ...this.#added, [placeOf(shown)]: ids };
  }

  #section(ask: Ask<HeldCard>, at: number, seen: Set<string>): Section {
    const parts = ask.ways.find((one) => nameOfWay(one) === this.#ways[at]) ?? ask.ways[0] ?? [];
    const isTaken = ask.isRequired || this.#taken.includes(at);
    const shown = parts.filter(({ key }) => !seen.has(key)).flatMap((part) => this.#shown(part));
    if (isTaken) for (const { key } of parts) seen.add(key);
    return { at, ask, way: nameOfWay(parts), isTaken, shown };
  }

  #shown(part: Part<HeldCard>): Shown | [] {
    const now = part.candidates.find(({ card }) => card.id === this.#cards[part.key]) ?? part.candidates[0];
    if (!now) return [];
    const added = this.#added[placeOf({ part, now })] ?? [];
    const keptBack = now.fits.optional.flatMap(({ ids }) => ids).filter((id) => !added.includes(id));
    const items = choose(now.fits, new Set(keptBack));
    const isExact = items !== undefined && added.every((id) => items.some((item) => item.id === id));
    const needed = items?.filter(({ id }) => now.fits.required.some((one) => one.id === id)) ?? [];
    return { part, now, added, items, isExact, given: distinct(needed.map(({ claim }) => claim)) };
  }
}

function placeOf({ part, now }: Pick<Shown, "part" | "now">): string {
  return [part.key, now.card.id, now.fits.query.id].join(" ");
}
