import type { HeldCard } from "../store/cards";
import { isKept, type Copy } from "../store/database";
import type { Access } from "./access";
import { readCardText, type CardContent, type Claims } from "./card";
import type { Certificate } from "./certificate";
import { isIssued, type Answer } from "./credential";
import { because, WalletError } from "./fault";
import type { Issuer } from "./issuer";
import { KeyRing, type CopyKey } from "./key-ring";
import type { MdocContent } from "./mdoc/document";
import type { CardFormat } from "./query";

/** What was asked of an issuer in one format, where the keys of the copies are, and what came of it. */
export interface Part {
  format: CardFormat;
  keys: readonly CopyKey[];
  answer: Answer;
}

/** By which the issuer is told what has become of its answers. */
export function namesOf(parts: readonly Part[]): readonly (string | undefined)[] {
  return parts.map(({ answer }) => (isIssued(answer) ? answer.notification : undefined));
}

/** The copies of one format. */
export interface Batch {
  content: CardContent | MdocContent;
  copies: Copy[];
}

/** What cards are held against, and whose they will be. */
export interface Reading {
  id: string;
  issuer: Issuer;
  access: Access;
  anchors: readonly Certificate[];
  now: Date;
}

/**
 * Every copy must be the authority's, be bound to one of the holder's keys, and say the same as the others.
 *
 * @throws {WalletError} `card_not_genuine`
 */
export async function readPart({ format, keys, answer }: Part, { id, anchors, now }: Pick<Reading, "id" | "anchors" | "now">): Promise<Batch> {
  const ring = new KeyRing(keys);
  const copies: Copy[] = [];
  let first: CardContent | MdocContent | undefined;
  try {
    for (const text of isIssued(answer) ? answer.texts : []) {
      if (typeof text !== "string") throw new WalletError("card_not_genuine");
      const content = await (format === "mso_mdoc" ? readMdoc(text, anchors, now) : readCardText(text, anchors, now));
      const held = format === "mso_mdoc" ? { mdoc: text } : { sdJwt: text };
      copies.push({ card: id, ...held, key: ring.take(content.holderKey), status: content.status });
      first ??= content;
      if (canonical(content.claims) !== canonical(first.claims)) throw new WalletError("card_not_genuine");
    }
  } catch (error) {
    throw because("card_not_genuine", error);
  }
  if (!first) throw new WalletError("card_not_genuine");
  return { content: first, copies };
}

/** The card of which `first` are the copies, with those of its second format, which must not say anything else. */
export function cardOf(first: Batch, second: Batch | undefined, { id, issuer, access, now }: Reading): HeldCard {
  if (second && !isSaidBy(second.content.claims, first.content.claims)) throw new WalletError("card_not_genuine");
  const content = first.content as CardContent;
  const key = first.copies[0]?.key;
  return {
    id,
    issuer: issuer.id,
    vct: content.vct,
    ...(second && { doctype: (second.content as MdocContent).doctype }),
    claims: content.claims,
    obtainedAt: Math.floor(now.getTime() / 1000),
    expiresAt: content.expiresAt,
    copiesIssued: first.copies.length,
    ...(key && isKept(key) && { person: key.person }),
    ...(access.renewal && { renewal: access.renewal }),
  };
}

/** Whether `whole` says all that `part` says, in the same words. */
export function isSaidBy(part: unknown, whole: unknown): boolean {
  if (!isObject(part) || !isObject(whole)) return canonical(part) === canonical(whole);
  return Object.entries(part).every(([name, inner]) => isSaidBy(inner, whole[name]));
}

/** The reader of documents is fetched when there is one. */
async function readMdoc(text: string, anchors: readonly Certificate[], now: Date): Promise<MdocContent> {
  return (await import("./mdoc/document")).readMdocText(text, anchors, now);
}

function isObject(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same text for the same content: disclosures come in an order of their own in every copy. */
function canonical(value: unknown): string {
  const sorted = (_: string, inner: unknown) => (isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner);
  return JSON.stringify(value, sorted);
}
