import type { Claims } from "../protocol/card";
import { database, type Copy } from "./database";

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
}

/** Stores a card with its copies, all or nothing. */
export async function addCard(card: HeldCard, copies: readonly Copy[]): Promise<void> {
  const transaction = (await database()).transaction(["cards", "copies"], "readwrite");
  await Promise.all([
    transaction.objectStore("cards").put(card),
    ...copies.map((copy) => transaction.objectStore("copies").put(copy)),
    transaction.done,
  ]);
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

export async function deleteCard(id: string): Promise<void> {
  const transaction = (await database()).transaction(["cards", "copies"], "readwrite");
  const copies = transaction.objectStore("copies");
  const keys = await copies.index("card").getAllKeys(id);
  await Promise.all([...keys.map((key) => copies.delete(key)), transaction.objectStore("cards").delete(id), transaction.done]);
}
