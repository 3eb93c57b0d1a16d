import type { Claims } from "./card";
import { distinct, placesOf, select, type ClaimPath } from "./path";
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
  return [...options.values()].map((same) => ({ ids: same.map(({ id }) => id), claims: distinct(same.map(({ claim }) => claim)) }));
}

/** An item that every combination wants and a card of the right kind cannot give. */
export interface Lack extends Wanted {
  /** Whether the card says something there, but none of the values that are asked for. */
  isOtherwise: boolean;
}

/** Why nothing can be given of a card of the right kind. */
export function lacking(query: CardQuery, claims: Claims): readonly Lack[] {
  const isAlways = ({ id }: Wanted) => query.combinations.every((ids) => ids.includes(id));
  const lacked = query.wanted.filter((item) => isAlways(item) && !isHeld(item, claims));
  return lacked.map((item) => ({ ...item, isOtherwise: select(claims, item.claim).length > 0 }));
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
  const [table, uses] = [tableOf(query, cards), usesOf(query)];
  return query.sets.map((set) => {
    const ways = waysOf(set, { table, uses }).map((parts) => parts.map((ids) => partOf(ids, table, { cards, stock })));
    const possible = ways.filter((parts) => parts.every(({ candidates }) => candidates.length > 0));
    const isInStock = (parts: readonly Part<C>[]) => parts.every(({ candidates }) => candidates.some((one) => one.isInStock));
    return { isRequired: set.isRequired, ways: unlike([...possible.filter(isInStock), ...possible.filter((parts) => !isInStock(parts))], table) };
  });
}

/** How a card fits one query, and all that it could say to it, as one text. */
interface Entry {
  fits: Fit;
  says: string;
}

/** By the name of the query, then by the card that fits it. */
type Table = ReadonlyMap<string, ReadonlyMap<string, Entry>>;

function tableOf(query: Query, cards: readonly (Queried & { id: string })[]): Table {
  const entriesOf = (one: CardQuery) => cards.flatMap((card): [string, Entry][] => {
    const fits = fit([one], card);
    return fits ? [[card.id, { fits, says: sayingOf(fits, card.claims) }]] : [];
  });
  return new Map(query.credentials.map((one) => [one.id, new Map(entriesOf(one))]));
}

/** Every combination that could be given, by where its values stand in the card: the two formats name them differently. */
function sayingOf({ query, possible }: Fit, claims: Claims): string {
  const places = new Map(query.wanted.map(({ id, claim }) => [id, placesOf(claims, claim)]));
  const combinations = possible.map((ids) => [...new Set(ids.flatMap((id) => places.get(id) ?? []))].sort().join(" "));
  return JSON.stringify([...new Set(combinations)].sort());
}

/** In how many sets each query is named. */
function usesOf({ sets }: Query): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const { options } of sets) for (const id of new Set(options.flat())) uses.set(id, (uses.get(id) ?? 0) + 1);
  return uses;
}

/** Ways by the very same cards that say the very same are no choice to a holder: the first is taken. */
function unlike<C extends { id: string }>(ways: readonly (readonly Part<C>[])[], table: Table): (readonly Part<C>[])[] {
  const saidBy = ({ card: { id }, fits }: Candidate<C>) => `${id} ${table.get(fits.query.id)?.get(id)?.says}`;
  const saidIn = (parts: readonly Part<C>[]) => JSON.stringify(parts.map(({ candidates }) => JSON.stringify(candidates.map(saidBy).sort())).sort());
  const seen = new Set<string>();
  return ways.filter((parts) => {
    const said = saidIn(parts);
    return !seen.has(said) && seen.add(said);
  });
}

/**
 * The ways to answer a set, each as parts, each part as the names of the queries that are an answer to it.
 *
 * Options of one card each that say the same of it are one part: to the holder, the same card in one format or the other
 * is no choice. Whatever asks for less, or for more, is one. They stay apart where another set names them, too, because then
 * it matters which of them is answered.
 */
function waysOf({ options }: CardSet, { table, uses }: { table: Table; uses: ReadonlyMap<string, number> }): string[][][] {
  const ways: string[][][] = [];
  const alike: string[][] = [];
  for (const ids of options) {
    const [id = "", ...others] = new Set(ids);
    const isAlone = others.length === 0 && uses.get(id) === 1;
    const same = isAlone ? alike.find((group) => group.every((one) => areAlike(table.get(one), table.get(id)))) : undefined;
    if (same) {
      if (!same.includes(id)) same.push(id);
      continue;
    }
    const way = [id, ...others].map((one) => [one]);
    if (isAlone) alike.push(...way);
    ways.push(way);
  }
  return ways;
}

/** Whether there are cards that fit both, and each of them says the same to both. */
function areAlike(one: ReadonlyMap<string, Entry> | undefined, other: ReadonlyMap<string, Entry> | undefined): boolean {
  const both = [...(one ?? [])].filter(([card]) => other?.has(card));
  return both.length > 0 && both.every(([card, { says }]) => other?.get(card)?.says === says);
}

function partOf<C extends { id: string }>(ids: readonly string[], table: Table, { cards, stock }: { cards: readonly C[]; stock: Stock }): Part<C> {
  const candidates = cards.flatMap((card) => {
    const entries = ids.flatMap((id) => table.get(id)?.get(card.id) ?? []);
    const inStock = entries.find(({ fits }) => stock[card.id]?.includes(fits.query.format));
    // Where a card has no copy, by the query that it would have been.
    const best = inStock ?? entries[0];
    return best ? [{ card, fits: best.fits, isInStock: inStock !== undefined }] : [];
  });
  return { key: ids.join(" "), candidates: [...candidates.filter(({ isInStock }) => isInStock), ...candidates.filter(({ isInStock }) => !isInStock)] };
}

/** What the cards of the right kind lack, where a set that must be answered cannot be. */
export function missing(query: Query, cards: readonly Queried[]): readonly Lack[] {
  const asked = query.sets.filter(({ isRequired }) => isRequired).flatMap(({ options }) => options[0] ?? []);
  const queries = query.credentials.filter(({ id }) => asked.includes(id));
  return queries.flatMap((one) => cards.filter((card) => isOfType(one, card)).slice(0, 1).flatMap(({ claims }) => lacking(one, claims)));
}
