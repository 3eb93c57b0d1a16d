import { fromBase64url, sha256, toBase64url, utf8 } from "./bytes";
import { WalletError } from "./fault";
import { touches, type ClaimPath, type Step } from "./path";

/** One disclosure of a copy, as the authority made it. */
interface Disclosure {
  encoded: string;
  /** The name of a member; an element of an array has none. */
  name: string | undefined;
  value: unknown;
}

type Disclosures = ReadonlyMap<string, Disclosure>;

/**
 * The copy with what `paths` select and nothing else (RFC 9901 section 7.2), without a key binding: each item itself, what it
 * stands in, and what stands in it.
 *
 * Places in arrays count what is there: a digest to which there is no disclosure stands for nothing.
 */
export async function disclosed(sdJwt: string, paths: readonly ClaimPath[]): Promise<string> {
  const [jwt = "", ...parts] = sdJwt.split("~");
  const encoded = parts.filter((part) => part !== "");
  const known: Disclosures = new Map(await Promise.all(encoded.map(read)));
  const chosen = new Set<string>();
  visit(payloadOf(jwt), [], { known, chosen, isWanted: (place) => paths.some((path) => touches(path, place)) });
  return [jwt, ...encoded.filter((one) => chosen.has(one)), ""].join("~");
}

interface Visit {
  known: Disclosures;
  chosen: Set<string>;
  isWanted: (place: ClaimPath) => boolean;
}

function visit(value: unknown, place: readonly Step[], by: Visit): void {
  if (Array.isArray(value)) visitElements(value, place, by);
  else if (typeof value === "object" && value !== null) visitMembers(value as Record<string, unknown>, place, by);
}

function visitMembers(members: Record<string, unknown>, place: readonly Step[], by: Visit): void {
  const { _sd: digests, ...plain } = members;
  for (const [name, value] of Object.entries(plain)) if (by.isWanted([...place, name])) visit(value, [...place, name], by);
  for (const digest of Array.isArray(digests) ? digests : []) {
    const found = by.known.get(String(digest));
    if (found?.name !== undefined && by.isWanted([...place, found.name])) reveal(found, [...place, found.name], by);
  }
}

function visitElements(elements: readonly unknown[], place: readonly Step[], by: Visit): void {
  let at = 0;
  for (const element of elements) {
    const digest = digestOf(element);
    const found = digest === undefined ? undefined : by.known.get(digest);
    if (digest !== undefined && !found) continue;
    const here = [...place, at++];
    if (!by.isWanted(here)) continue;
    if (found) reveal(found, here, by);
    else visit(element, here, by);
  }
}

function reveal({ encoded, value }: Disclosure, place: readonly Step[], by: Visit): void {
  by.chosen.add(encoded);
  visit(value, place, by);
}

/** The digest of an element that can be left out. */
function digestOf(element: unknown): string | undefined {
  const digest = typeof element === "object" && element !== null ? (element as Record<string, unknown>)["..."] : undefined;
  return typeof digest === "string" ? digest : undefined;
}

async function read(encoded: string): Promise<[digest: string, Disclosure]> {
  const parts = parse(encoded);
  if (!Array.isArray(parts) || (parts.length !== 2 && parts.length !== 3)) throw new WalletError("card_not_genuine");
  const [, name, value] = parts.length === 3 ? parts : [parts[0], undefined, parts[1]];
  return [toBase64url(await sha256(utf8(encoded))), { encoded, name: typeof name === "string" ? name : undefined, value }];
}

function payloadOf(jwt: string): unknown {
  return parse(jwt.split(".")[1] ?? "");
}

function parse(encoded: string): unknown {
  return JSON.parse(new TextDecoder().decode(fromBase64url(encoded)));
}
