import type { Renewal } from "../protocol/access";
import type { Claims } from "../protocol/card";
import type { CardFormat } from "../protocol/query";
import { database, formatOf, isKept, type Copy } from "./database";

/** A card as the wallet shows it; its copies are what counters get to see. */
export interface HeldCard {
  id: string;
  /** The identifier of who issued it. */
  issuer: string;
  vct: string;
  /** The type of its copies as mdoc, where it has any. */
  doctype?: string | undefined;
  claims: Claims;
  /** Seconds since the epoch. */
  obtainedAt: number;
  expiresAt: number | undefined;
  copiesIssued: number;
  /** Of a full card: whose it is, in the authority's words. */
  person?: string | undefined;
  /** What more copies are had with. */
  renewal?: Renewal | undefined;
}

/**
 * Stores a card with its copies, all or nothing. An earlier card of the same kind about the same person makes way
 * to one of the same level or a full one: the authority has replaced it.
 */
export async function addCard(card: HeldCard, copies: readonly Copy[]): Promise<void> {
  const earlier = (await listCards()).filter((held) => replaces(card, held));
  const transaction = (await database()).transaction(["cards", "copies"], "readwrite");
  await Promise.all([
    transaction.objectStore("cards").put(card),
    ...copies.map((copy) => transaction.objectStore("copies").put(copy)),
    transaction.done,
  ]);
  for (const { id } of earlier) await deleteCard(id);
}

/** New copies of a card, and whether old ones of a format that did not come still say the same. */
export interface Replacement {
  card: HeldCard;
  copies: readonly Copy[];
  keepsOthers: boolean;
}

/**
 * Puts new copies of a card in place of those it has, with what they say; `false` where the card was deleted meanwhile, which
 * then stays deleted.
 */
export async function replaceCopies(id: string, { card, copies, keepsOthers }: Replacement): Promise<boolean> {
  const transaction = (await database()).transaction(["cards", "copies"], "readwrite");
  const [cards, store] = [transaction.objectStore("cards"), transaction.objectStore("copies")];
  const held = await cards.get(id);
  if (!held) return false;
  const formats = new Set(copies.map(formatOf));
  const old = (await store.index("card").getAll(id)).filter((copy) => !keepsOthers || formats.has(formatOf(copy)));
  const doctype = card.doctype ?? (keepsOthers ? held.doctype : undefined);
  await Promise.all([
    // It was not obtained anew: the order of cards is that of people's choices.
    cards.put({ ...card, id, obtainedAt: held.obtainedAt, doctype }),
    ...old.map((copy) => store.delete(copy.id ?? 0)),
    ...copies.map((copy) => store.put({ ...copy, card: id })),
    transaction.done,
  ]);
  return true;
}

/** The formats in which a card has copies. */
export async function formatsLeft(card: string): Promise<readonly CardFormat[]> {
  return [...new Set((await copiesOf(card)).map(formatOf))];
}

/** Notes what the next copies of a card are had with. */
export async function noteRenewal(id: string, renewal: Renewal | undefined): Promise<void> {
  const transaction = (await database()).transaction("cards", "readwrite");
  const card = await transaction.store.get(id);
  if (card) await transaction.store.put({ ...card, renewal });
  await transaction.done;
}

/** Whether a new card takes the place of one that is held. */
export function replaces(card: HeldCard, held: HeldCard): boolean {
  const number = (of: HeldCard) => of.claims["personal_administrative_number"];
  const level = (of: HeldCard) => of.claims["assurance_level"];
  // A full card says everything that a light one does, and the authority revokes the light one.
  const isEnough = level(card) === level(held) || level(card) === "full";
  const isSame = card.issuer === held.issuer && card.vct === held.vct && isEnough;
  return isSame && number(card) !== undefined && number(card) === number(held);
}

export async function listCards(): Promise<HeldCard[]> {
  const cards = await (await database()).getAll("cards");
  return cards.sort((a, b) => b.obtainedAt - a.obtainedAt);
}

export async function readCard(id: string): Promise<HeldCard | undefined> {
  return (await database()).get("cards", id);
}

/** How often a card can be shown, in the format in which it can be shown least often. */
export async function copiesLeft(card: string): Promise<number> {
  const [held, left] = [await readCard(card), (await copiesOf(card)).map(formatOf)];
  const count = (format: CardFormat) => left.filter((one) => one === format).length;
  return held?.doctype === undefined ? count("dc+sd-jwt") : Math.min(count("dc+sd-jwt"), count("mso_mdoc"));
}

async function copiesOf(card: string): Promise<Copy[]> {
  return (await database()).getAllFromIndex("copies", "card", card);
}

export async function anyCopy(card: string): Promise<Copy | undefined> {
  return (await database()).getFromIndex("copies", "card", card);
}

/** A copy of this card in this format. */
export async function copyOf(card: string, format: CardFormat): Promise<Copy | undefined> {
  return (await copiesOf(card)).find((copy) => formatOf(copy) === format);
}

/**
 * Takes one copy out, key and all, so that it can never be shown twice.
 *
 * Taken before it is sent: a copy lost on the way costs less than one that two counters could link.
 */
export async function takeCopy(card: string, format: CardFormat): Promise<Copy | undefined> {
  const transaction = (await database()).transaction("copies", "readwrite");
  let cursor = await transaction.store.index("card").openCursor(card);
  while (cursor && formatOf(cursor.value) !== format) cursor = await cursor.continue();
  const copy = cursor?.value;
  await cursor?.delete();
  await transaction.done;
  return copy;
}

/** Takes out the very copy that was agreed to; `false` where it has gone meanwhile. */
export async function takeThis({ id }: Copy): Promise<boolean> {
  if (id === undefined) return false;
  const transaction = (await database()).transaction("copies", "readwrite");
  const isThere = (await transaction.store.getKey(id)) !== undefined;
  if (isThere) await transaction.store.delete(id);
  await transaction.done;
  return isThere;
}

/** Puts back a copy that was taken and has been shown to nobody. */
export async function returnCopy(copy: Copy): Promise<void> {
  await (await database()).put("copies", copy);
}

/** Whether the authority keeps the keys of a card, so that showing it needs the ID password. */
export async function needsPassword(card: string): Promise<boolean> {
  const copy = await anyCopy(card);
  return copy !== undefined && isKept(copy.key);
}

export async function deleteCard(id: string): Promise<void> {
  const transaction = (await database()).transaction(["cards", "copies"], "readwrite");
  const copies = transaction.objectStore("copies");
  const keys = await copies.index("card").getAllKeys(id);
  await Promise.all([...keys.map((key) => copies.delete(key)), transaction.objectStore("cards").delete(id), transaction.done]);
}
