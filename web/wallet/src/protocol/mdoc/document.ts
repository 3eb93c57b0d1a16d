import { equal, fromBase64url, sha256, toBase64, type Bytes } from "../bytes";
import type { CardContent, Claims } from "../card";
import { importKey, PURPOSE, verifyChain } from "../chain";
import type { Certificate } from "../certificate";
import { bytes, date, embedded, isDate, list, malformed, map, read, text, unembedded, write, type CborMap } from "./cbor";
import { readKey, readSign1, verify, type Sign1 } from "./cose";
import { claimOf, DOCTYPE, place, type ElementPath } from "./elements";

/** What a genuine document contains, under the names of the other format. */
export type MdocContent = Omit<CardContent, "vct" | "issuedBy"> & { doctype: string };

/** One element with its value, its bytes as the authority made them. */
export interface SignedItem {
  path: ElementPath;
  digest: number;
  value: unknown;
  bytes: Bytes;
}

/** `IssuerSigned` (ISO/IEC 18013-5 section 8.3.2.1.2.2), taken apart; nothing is verified. */
export interface IssuerSigned {
  items: readonly SignedItem[];
  auth: Sign1;
}

const SKEW_MS = 60_000;

/** Takes a document apart, as it comes in a credential response. @throws {WalletError} */
export function takeApart(mdoc: string): IssuerSigned {
  const outer = map(read(fromBase64url(mdoc)));
  const items = [...map(outer.get("nameSpaces"))].flatMap(([namespace, entries]) => list(entries).map((entry) => readItem(text(namespace), unembedded(entry))));
  return { items, auth: readSign1(outer.get("issuerAuth")) };
}

/**
 * Reads a document and makes sure that the authority signed it, every element with it.
 *
 * @throws if it is not one, or not the authority's.
 */
export async function readMdocText(mdoc: string, anchors: readonly Certificate[], now: Date): Promise<MdocContent> {
  const { items, auth } = takeApart(mdoc);
  const signer = await verifyChain(auth.x5chain.map(toBase64), anchors, now, PURPOSE.documentSigner);
  if (!(await verify(auth, await importKey(signer)))) throw malformed();
  const mso = map(read(unembedded(read(auth.parts[2]))));
  if (mso.get("version") !== "1.0" || mso.get("digestAlgorithm") !== "SHA-256" || mso.get("docType") !== DOCTYPE) throw malformed();
  await digestsFit(items, map(mso.get("valueDigests")));
  return {
    doctype: DOCTYPE,
    claims: claimsOf(items),
    expiresAt: validUntil(map(mso.get("validityInfo")), now),
    holderKey: readKey(map(mso.get("deviceKeyInfo")).get("deviceKey")),
    status: statusOf(mso.get("status")),
  };
}

function readItem(namespace: string, encoded: Bytes): SignedItem {
  const item = map(read(encoded));
  const digest = item.get("digestID");
  if (typeof digest !== "number" || bytes(item.get("random")).length < 16) throw malformed();
  return { path: [namespace, text(item.get("elementIdentifier"))], digest, value: item.get("elementValue"), bytes: encoded };
}

/** Every element is one that was signed, and none is there twice. */
async function digestsFit(items: readonly SignedItem[], digests: CborMap): Promise<void> {
  const seen = new Set<string>();
  for (const { path, digest, bytes: encoded } of items) {
    const signed = map(digests.get(path[0])).get(digest);
    if (!equal(bytes(signed), await sha256(write(embedded(encoded))))) throw malformed();
    const name = path.join(" ");
    if (seen.has(name)) throw malformed();
    seen.add(name);
  }
}

function claimsOf(items: readonly SignedItem[]): Claims {
  const claims: Claims = {};
  for (const { path, value } of items) {
    const claim = claimOf(path);
    if (claim) place(claims, claim, valueOf(value));
  }
  return claims;
}

/** A value as the other format has it. */
function valueOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return `data:image/jpeg;base64,${toBase64(value)}`;
  if (isDate(value)) return date(value).slice(0, "2026-11-29".length);
  if (Array.isArray(value)) return value.map(valueOf);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [String(name), valueOf(inner)]));
  return value;
}

function validUntil(validity: CborMap, now: Date): number {
  const [from, until] = ["validFrom", "validUntil"].map((name) => Date.parse(date(validity.get(name))));
  if (!(from !== undefined && until !== undefined && from - SKEW_MS <= now.getTime() && now.getTime() < until)) throw malformed();
  return until / 1000;
}

function statusOf(status: unknown): MdocContent["status"] {
  if (status === undefined) return undefined;
  const entry = map(status).get("status_list");
  if (entry === undefined) return undefined;
  const [uri, index] = [text(map(entry).get("uri")), map(entry).get("idx")];
  if (typeof index !== "number") throw malformed();
  return { uri, index };
}
