import { equal, fromBase64url } from "./bytes";
import type { Certificate } from "./certificate";
import { RequestRefused } from "./fault";
import { claimOf } from "./mdoc/elements";
import type { ClaimPath, Step } from "./path";

/** Longest path that is followed. */
const MOST_STEPS = 16;

/** More than this of anything nobody could read through before they agree to it. */
const MOST = { queries: 20, sets: 20, options: 20, claims: 100 };

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

/** Queries that belong together. */
export interface CardSet {
  /** Combinations of the names of queries, one of which will do, best first; never empty. */
  options: readonly (readonly string[])[];
  /** Whether nothing at all may be answered without it. */
  isRequired: boolean;
}

/** What is asked. */
export interface Query {
  /** The formats of ours that are asked for. */
  formats: readonly CardFormat[];
  /** Those queries that a card of ours could answer: of our formats, and believing our authority. */
  credentials: readonly CardQuery[];
  /** Never empty: where the asker names none, there is one of everything. */
  sets: readonly CardSet[];
}

/**
 * Reads a DCQL query (OpenID4VP 1.0 section 6). Of queries that allow more than one card (`multiple`) this wallet answers one.
 *
 * @throws {RequestRefused} for what is none, and for what asks for too much at once.
 */
export function readQuery(value: unknown, anchors: readonly Certificate[] = []): Query {
  const query = record(value);
  const credentials = filled(query["credentials"], MOST.queries).map((one) => readCredential(record(one), anchors));
  const names = credentials.map(({ id }) => id);
  mustDiffer(names);
  const sets = query["credential_sets"];
  return {
    formats: [...new Set(credentials.flatMap(({ format }) => format ?? []))],
    credentials: credentials.flatMap(({ asked }) => asked ?? []),
    sets: sets === undefined ? [{ options: [names], isRequired: true }] : filled(sets, MOST.sets).map((set) => readSet(record(set), names)),
  };
}

function readSet(set: Record<string, unknown>, names: readonly string[]): CardSet {
  const options = filled(set["options"], MOST.options).map((option) => filled(option).map(name));
  if (options.flat().some((id) => !names.includes(id))) throw unsupported();
  return { options, isRequired: flag(set["required"], true) };
}

/** A query, which has to be sound even where no card of ours could answer it. */
function readCredential(credential: Record<string, unknown>, anchors: readonly Certificate[]): { id: string; format?: CardFormat; asked?: CardQuery } {
  const id = name(credential["id"]);
  const [format, meta] = [text(credential["format"]), record(credential["meta"])];
  flag(credential["multiple"], false);
  flag(credential["require_cryptographic_holder_binding"], true);
  const ours = isOurs(credential["trusted_authorities"], anchors);
  if (!isFormat(format)) return { id };
  const wanted = credential["claims"] === undefined ? [] : filled(credential["claims"], MOST.claims).map((claim, index) => readClaim(claim, index, format));
  const everything = wanted.map((item) => item.id);
  mustDiffer(everything);
  const sets = credential["claim_sets"];
  const combinations = sets === undefined ? [everything] : filled(sets).map((set) => filled(set).map(name));
  if (combinations.flat().some((one) => !everything.includes(one))) throw unsupported();
  const types = format === "mso_mdoc" ? [text(meta["doctype_value"])] : filled(meta["vct_values"]).map(text);
  return { id, format, ...(ours && { asked: { id, format, types, wanted, combinations } }) };
}

/** Whether one of the authorities that would do is ours. */
function isOurs(authorities: unknown, anchors: readonly Certificate[]): boolean {
  if (authorities === undefined) return true;
  const believed = filled(authorities).map(record).map(({ type, values }) => ({ kind: text(type), values: filled(values).map(text) }));
  return believed.flatMap(({ kind, values }) => (kind === "aki" ? values.map(keyOf) : [])).some((key) => anchors.some(({ subjectKey }) => subjectKey !== undefined && equal(subjectKey, key)));
}

function keyOf(identifier: string): Uint8Array {
  try {
    return fromBase64url(identifier);
  } catch {
    throw unsupported();
  }
}

function isFormat(format: string): format is CardFormat {
  return format === "dc+sd-jwt" || format === "mso_mdoc";
}

/** Two items without ids can still be told apart by where they stand; no asker can write such a name. */
function readClaim(value: unknown, index: number, format: CardFormat): Wanted {
  const claim = record(value);
  const id = claim["id"] === undefined ? `#${index}` : name(claim["id"]);
  return { id, ...(format === "mso_mdoc" ? elementAt(claim["path"]) : claimAt(claim["path"])), ...(claim["values"] !== undefined && { values: filled(claim["values"]).map(plain) }) };
}

/** A namespace and a name. An element that the catalogue does not have goes by its own name, which no claim has. */
function elementAt(value: unknown): Pick<Wanted, "path" | "claim"> {
  const [namespace = "", element = "", ...rest] = filled(value).map(text);
  if (element === "" || rest.length > 0) throw unsupported();
  return { path: [namespace, element], claim: claimOf([namespace, element]) ?? [`${namespace} ${element}`] };
}

function claimAt(value: unknown): Pick<Wanted, "path" | "claim"> {
  const path = filled(value).map(step);
  if (path.length > MOST_STEPS) throw unsupported();
  return { path, claim: path };
}

function step(value: unknown): Step {
  const isPlace = Number.isSafeInteger(value) && (value as number) >= 0;
  if (typeof value !== "string" && value !== null && !isPlace) throw unsupported();
  return value as Step;
}

function unsupported(): RequestRefused {
  return new RequestRefused();
}

function mustDiffer(names: readonly string[]): void {
  if (new Set(names).size !== names.length) throw unsupported();
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unsupported();
  return value as Record<string, unknown>;
}

/** A list with something in it, and not too much. */
function filled(value: unknown, most = Infinity): unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) throw unsupported();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string" || value === "") throw unsupported();
  return value;
}

function name(value: unknown): string {
  const id = text(value);
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw unsupported();
  return id;
}

function flag(value: unknown, otherwise: boolean): boolean {
  if (value !== undefined && typeof value !== "boolean") throw unsupported();
  return value ?? otherwise;
}

/** A value to compare with. */
function plain(value: unknown): unknown {
  if (typeof value !== "string" && typeof value !== "boolean" && !Number.isSafeInteger(value)) throw unsupported();
  return value;
}
