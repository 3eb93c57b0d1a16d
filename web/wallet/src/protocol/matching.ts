import type { Claims } from "./card";
import { select, type ClaimPath } from "./path";
import type { CardFormat, CardQuery, CardSet, Query, Wanted } from "./query";

/** A card as queries look at it. */
export interface Queried {
  vct: string;
  /** The type of its documents, where it has copies as mdoc. */
  doctype?: string | undefined;
  claims: Claims;
}

/** Items that are given together or not at all. */
export interface Option {
  ids: readonly string[];
  claims: readonly ClaimPath[];
}

/** What one card can say to a query. */
export interface Fit {
  query: CardQuery;
  /** Items in every combination that the card can fill. */
  required: readonly Wanted[];
  /** Items the holder may keep back. */
  optional: readonly Option[];
  /** The combinations that the card can fill, best first. */
  possible: readonly (readonly string[])[];
}

/** How `card` fits the first of `queries` that it fits, or `undefined` if it fits none. */
export function fit(queries: readonly CardQuery[], card: Queried): Fit | undefined {
  for (const query of queries) {
    if (!isOfType(query, card)) continue;
    const held = new Set(query.wanted.filter((item) => isHeld(item, card.claims)).map(({ id }) => id));
    const possible = query.combinations.filter((ids) => ids.every((id) => held.has(id)));
    if (possible.length === 0) continue;
    const used = query.wanted.filter(({ id }) => possible.some((ids) => ids.includes(id)));
    const isRequired = ({ id }: Wanted) => possible.every((ids) => ids.includes(id));
    return { query, possible, required: used.filter(isRequired), optional: together(used.filter((item) => !isRequired(item)), possible) };
  }
  return undefined;
}

/** Whether a card is of a type that the query asks for. */
export function isOfType({ format, types }: CardQuery, { vct, doctype }: Queried): boolean {
  return format === "mso_mdoc" ? doctype !== undefined && types.includes(doctype) : types.includes(vct);
}

function isHeld({ claim, values }: Wanted, claims: Claims): boolean {
  const found = select(claims, claim);
  return found.length > 0 && (values === undefined || found.some((value) => values.includes(value)));
}

/** An address, say, is one item of one format and several of the other. */
function together(items: readonly Wanted[], possible: readonly (readonly string[])[]): Option[] {
  const options = new Map<string, Wanted[]>();
  for (const item of items) {
    const places = possible.map((ids) => (ids.includes(item.id) ? "1" : "0")).join("");
    options.set(places, [...(options.get(places) ?? []), item]);
  }
  return [...options.values()].map((same) => ({ ids: same.map(({ id }) => id), claims: same.map(({ claim }) => claim) }));
}

/** What every combination wants and a card of the right kind does not have: why nothing can be given. */
export function lacking(query: CardQuery, claims: Claims): readonly Wanted[] {
  const isAlways = ({ id }: Wanted) => query.combinations.every((ids) => ids.includes(id));
  return query.wanted.filter((item) => isAlways(item) && !isHeld(item, claims));
}

/**
 * The items to give when the holder keeps back those in `keptBack`: the best combination without them, or
 * `undefined` if the asker has named none.
 */
export function choose(possible: Fit, keptBack: ReadonlySet<string>): readonly Wanted[] | undefined {
  const chosen = possible.possible.find((ids) => !ids.some((id) => keptBack.has(id)));
  return chosen && possible.query.wanted.filter(({ id }) => chosen.includes(id));
}

/** A card that fits a part of the request. */
export interface Candidate<C> {
  card: C;
  fits: Fit;
  /** Whether it has a copy in the format that is asked for. */
  isInStock: boolean;
}

/** A part of the request: one card answers it. */
export interface Part<C> {
  /** The names of the queries that it is an answer to, one of which is answered. */
  key: string;
  /** Never empty; those that have copies first. */
  candidates: readonly Candidate<C>[];
}

/** A set of the request, as far as the cards held can answer it. */
export interface Ask<C> {
  isRequired: boolean;
  /** What will do, each with the parts that are answered together; first what there are copies for, then as the asker prefers. */
  ways: readonly (readonly Part<C>[])[];
}

/** The formats in which each card has copies, by its id. */
export type Stock = Readonly<Record<string, readonly CardFormat[]>>;

/** What the cards held can answer of `query`, set by set. */
export function plan<C extends Queried & { id: string }>(query: Query, cards: readonly C[], stock: Stock): Ask<C>[] {
  const uses = (id: string) => query.sets.filter(({ options }) => options.flat().includes(id)).length;
  return query.sets.map((set) => {
    const ways = waysOf(set, uses).map((parts) => parts.map((ids) => partOf(ids, query, { cards, stock })));
    const possible = ways.filter((parts) => parts.every(({ candidates }) => candidates.length > 0));
    const isInStock = (parts: readonly Part<C>[]) => parts.every(({ candidates }) => candidates.some((one) => one.isInStock));
    return { isRequired: set.isRequired, ways: unlike([...possible.filter(isInStock), ...possible.filter((parts) => !isInStock(parts))]) };
  });
}

/** Ways by the very same cards are no choice to a holder: the first is taken. */
function unlike<C extends { id: string }>(ways: readonly (readonly Part<C>[])[]): (readonly Part<C>[])[] {
  const cardsOf = (parts: readonly Part<C>[]) => parts.map(({ candidates }) => candidates.map(({ card }) => card.id).sort().join(" ")).sort().join(",");
  const seen = new Set<string>();
  return ways.filter((parts) => !seen.has(cardsOf(parts)) && seen.add(cardsOf(parts)));
}

/**
 * The ways to answer a set, each as parts, each part as the names of the queries that are an answer to it.
 *
 * Options of one card each are one part: to the holder, the same card in one format or the other is no choice. They stay
 * apart where another set names them, too, because then it matters which of them is answered.
 */
function waysOf({ options }: CardSet, uses: (id: string) => number): string[][][] {
  const isAlone = (ids: readonly string[]) => ids.length === 1 && ids.every((id) => uses(id) === 1);
  const alone = options.filter(isAlone).flat();
  const first = options.findIndex(isAlone);
  return options.flatMap((ids, at) => {
    if (!isAlone(ids)) return [[...new Set(ids)].map((id) => [id])];
    return at === first ? [[[...new Set(alone)]]] : [];
  });
}

function partOf<C extends Queried & { id: string }>(ids: readonly string[], query: Query, { cards, stock }: { cards: readonly C[]; stock: Stock }): Part<C> {
  const queries = ids.flatMap((id) => query.credentials.filter((one) => one.id === id));
  const candidates = cards.flatMap((card) => {
    const inStock = fit(queries.filter(({ format }) => stock[card.id]?.includes(format)), card);
    // Where a card has no copy, by the query that it would have been.
    const fits = inStock ?? fit(queries, card);
    return fits ? [{ card, fits, isInStock: inStock !== undefined }] : [];
  });
  return { key: ids.join(" "), candidates: [...candidates.filter(({ isInStock }) => isInStock), ...candidates.filter(({ isInStock }) => !isInStock)] };
}

/** What the cards of the right kind lack, where a set that must be answered cannot be. */
export function missing(query: Query, cards: readonly Queried[]): readonly Wanted[] {
  const asked = query.sets.filter(({ isRequired }) => isRequired).flatMap(({ options }) => options[0] ?? []);
  const queries = query.credentials.filter(({ id }) => asked.includes(id));
  return queries.flatMap((one) => cards.filter((card) => isOfType(one, card)).slice(0, 1).flatMap(({ claims }) => lacking(one, claims)));
}
