import type { Claims } from "../protocol/card";
import { database, isKept, type Copy } from "./database";

/** A card as the wallet shows it; its copies are what counters get to see. */
export interface HeldCard {
  id: string;
  /** The identifier of who issued it. */
  issuer: string;
  vct: string;
  claims: Claims;
  /** Seconds since the epoch. */
  obtainedAt: number;
  expiresAt: number | undefined;
  copiesIssued: number;
  /** Of a full card: whose it is, in the authority's words. */
  person?: string | undefined;
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

function replaces(card: HeldCard, held: HeldCard): boolean {
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

export async function copiesLeft(card: string): Promise<number> {
  return (await database()).countFromIndex("copies", "card", card);
}

export async function anyCopy(card: string): Promise<Copy | undefined> {
  return (await database()).getFromIndex("copies", "card", card);
}

/**
 * Takes one copy out, key and all, so that it can never be shown twice.
 *
 * Taken before it is sent: a copy lost on the way costs less than one that two counters could link.
 */
export async function takeCopy(card: string): Promise<Copy | undefined> {
  const transaction = (await database()).transaction("copies", "readwrite");
  const cursor = await transaction.store.index("card").openCursor(card);
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
