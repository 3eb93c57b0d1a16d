import { valueAt, type ClaimPath, type Claims } from "./card";
import { WalletError } from "./fault";

/** One item an asker wants. */
export interface Wanted {
  id: string;
  path: ClaimPath;
}

/** What a query asks of one card. */
export interface CardQuery {
  /** The name under which the answer returns. */
  id: string;
  vcts: readonly string[];
  wanted: readonly Wanted[];
  /** Combinations of item ids that will do, best first; never empty. */
  combinations: readonly (readonly string[])[];
}

/**
 * Reads a DCQL query (OpenID4VP 1.0 section 6) as far as this wallet answers it: one card, SD-JWT VC, items by name.
 *
 * @throws {WalletError} for anything else.
 */
export function readQuery(value: unknown): CardQuery {
  const query = record(value);
  const credentials = list(query["credentials"]);
  const [only] = credentials;
  if (credentials.length !== 1 || query["credential_sets"] !== undefined) throw unsupported();
  const credential = record(only);
  if (credential["format"] !== "dc+sd-jwt" || credential["trusted_authorities"] !== undefined) throw unsupported();
  const wanted = list(credential["claims"] ?? []).map(readClaim);
  const everything = wanted.map(({ id }) => id);
  if (new Set(everything).size !== everything.length) throw unsupported();
  const sets = credential["claim_sets"];
  const combinations = sets === undefined ? [everything] : list(sets).map((set) => list(set).map(text));
  if (combinations.length === 0 || combinations.flat().some((id) => !everything.includes(id))) throw unsupported();
  return { id: text(credential["id"]), vcts: list(record(credential["meta"])["vct_values"]).map(text), wanted, combinations };
}

/** Two items without ids can still be told apart by where they stand. */
function readClaim(value: unknown, index: number): Wanted {
  const claim = record(value);
  if (claim["values"] !== undefined) throw unsupported();
  const id = claim["id"] === undefined ? `#${index}` : text(claim["id"]);
  return { id, path: list(claim["path"]).map(text) };
}

/** What one card can say to a query. */
export interface Fit {
  query: CardQuery;
  /** Items in every combination that the card can fill. */
  required: readonly Wanted[];
  /** Items the holder may keep back. */
  optional: readonly Wanted[];
  /** The combinations that the card can fill, best first. */
  possible: readonly (readonly string[])[];
}

/** How `claims` fit `query`, or `undefined` if they do not. */
export function fit(query: CardQuery, vct: string, claims: Claims): Fit | undefined {
  if (!query.vcts.includes(vct)) return undefined;
  const held = new Set(query.wanted.filter(({ path }) => valueAt(claims, path) !== undefined).map(({ id }) => id));
  const possible = query.combinations.filter((ids) => ids.every((id) => held.has(id)));
  if (possible.length === 0) return undefined;
  const used = query.wanted.filter(({ id }) => possible.some((ids) => ids.includes(id)));
  const isRequired = ({ id }: Wanted) => possible.every((ids) => ids.includes(id));
  return { query, possible, required: used.filter(isRequired), optional: used.filter((item) => !isRequired(item)) };
}

/** What every combination wants and a card of the right kind does not have: why nothing can be given. */
export function lacking(query: CardQuery, claims: Claims): readonly Wanted[] {
  const isAlways = ({ id }: Wanted) => query.combinations.every((ids) => ids.includes(id));
  return query.wanted.filter((item) => isAlways(item) && valueAt(claims, item.path) === undefined);
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
