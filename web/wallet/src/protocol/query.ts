import { equal, fromBase64url } from "./bytes";
import { valueAt, type ClaimPath, type Claims } from "./card";
import type { Certificate } from "./certificate";
import { WalletError } from "./fault";
import { claimOf } from "./mdoc/elements";

export type CardFormat = "dc+sd-jwt" | "mso_mdoc";

/** One item an asker wants. */
export interface Wanted {
  id: string;
  /** As the format of the query names it. */
  path: ClaimPath;
  /** As the catalogue names it: what a person reads. */
  claim: ClaimPath;
  /** The values that will do; any where there are none. */
  values?: readonly unknown[];
}

/** What a query asks of one card. */
export interface CardQuery {
  /** The name under which the answer returns. */
  id: string;
  format: CardFormat;
  /** Types of cards that will do: `vct` values, or the type of a document. */
  types: readonly string[];
  wanted: readonly Wanted[];
  /** Combinations of item ids that will do, best first; never empty. */
  combinations: readonly (readonly string[])[];
}

/**
 * Reads a DCQL query (OpenID4VP 1.0 section 6) as far as this wallet answers it: one card, in either format, items by name.
 * Answers the ways to satisfy it, best first; none where only cards of other authorities would do.
 *
 * @throws {WalletError} for anything else.
 */
export function readQuery(value: unknown, anchors: readonly Certificate[] = []): readonly CardQuery[] {
  const query = record(value);
  const credentials = list(query["credentials"]).map(record);
  const named = credentials.map((credential) => text(credential["id"]));
  if (credentials.length === 0 || new Set(named).size !== named.length) throw unsupported();
  const ways = waysOf(query["credential_sets"], named);
  const isPossible = (id: string) => isOurs(credentials[named.indexOf(id)]?.["trusted_authorities"], anchors);
  return ways.filter(isPossible).map((id) => readCredential(credentials[named.indexOf(id)] ?? {}));
}

/** The names of single cards that satisfy the query. Sets that need not be answered are not. */
function waysOf(sets: unknown, named: readonly string[]): readonly string[] {
  if (sets === undefined) {
    if (named.length !== 1) throw unsupported();
    return named;
  }
  const required = list(sets).map(record).filter((set) => set["required"] !== false);
  const [only, ...others] = required;
  if (!only || others.length > 0) throw unsupported();
  const options = list(only["options"]).map((option) => list(option).map(text));
  if (options.flat().some((id) => !named.includes(id))) throw unsupported();
  const single = options.flatMap((option) => (option.length === 1 ? option : []));
  if (single.length === 0) throw unsupported();
  return single;
}

/** Whether one of the authorities that would do is ours. */
function isOurs(authorities: unknown, anchors: readonly Certificate[]): boolean {
  if (authorities === undefined) return true;
  return list(authorities).map(record).some(({ type, values }) => type === "aki" && list(values).map(text).some((key) => isKeyOf(key, anchors)));
}

function isKeyOf(key: string, anchors: readonly Certificate[]): boolean {
  try {
    const wanted = fromBase64url(key);
    return anchors.some(({ subjectKey }) => subjectKey !== undefined && equal(subjectKey, wanted));
  } catch {
    return false;
  }
}

function readCredential(credential: Record<string, unknown>): CardQuery {
  const format = formatOf(credential["format"]);
  const wanted = list(credential["claims"] ?? []).map((claim, index) => readClaim(claim, index, format));
  const everything = wanted.map(({ id }) => id);
  if (new Set(everything).size !== everything.length) throw unsupported();
  const sets = credential["claim_sets"];
  const combinations = sets === undefined ? [everything] : list(sets).map((set) => list(set).map(text));
  if (combinations.length === 0 || combinations.flat().some((id) => !everything.includes(id))) throw unsupported();
  const meta = record(credential["meta"]);
  const types = format === "mso_mdoc" ? [text(meta["doctype_value"])] : list(meta["vct_values"]).map(text);
  return { id: text(credential["id"]), format, types, wanted, combinations };
}

function formatOf(format: unknown): CardFormat {
  if (format !== "dc+sd-jwt" && format !== "mso_mdoc") throw unsupported();
  return format;
}

/** Two items without ids can still be told apart by where they stand. */
function readClaim(value: unknown, index: number, format: CardFormat): Wanted {
  const claim = record(value);
  const id = claim["id"] === undefined ? `#${index}` : text(claim["id"]);
  const path = list(claim["path"]).map(text);
  const [namespace = "", name = "", ...rest] = path;
  if (path.length === 0 || (format === "mso_mdoc" && (path.length < 2 || rest.length > 0))) throw unsupported();
  // An element that the catalogue does not have goes by its own name, which no claim has.
  const known = format === "mso_mdoc" ? (claimOf([namespace, name]) ?? [path.join(" ")]) : path;
  return { id, path, claim: known, ...(claim["values"] !== undefined && { values: list(claim["values"]) }) };
}

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
  const value = valueAt(claims, claim);
  return value !== undefined && (values === undefined || values.includes(value));
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

function unsupported(): WalletError {
  return new WalletError("request_unsupported");
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unsupported();
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw unsupported();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string" || value === "") throw unsupported();
  return value;
}
