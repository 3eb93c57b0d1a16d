import type { Renewal } from "../protocol/access";
import type { Claims } from "../protocol/card";
import type { CardFormat } from "../protocol/query";
import { database, formatOf, isKept, stored, writeCards, type CardWriting, type Copy } from "./database";

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
  /** How often fresh copies have said something else; none where they never have. */
  revision?: number | undefined;
}

/**
 * Stores a card with its copies, all or nothing. An earlier card of the same kind about the same person makes way
 * to one of the same level or a full one: the authority has replaced it.
 */
export async function addCard(card: HeldCard, copies: readonly Copy[]): Promise<void> {
  const transaction = await writeCards();
  await putCard(transaction, card, copies);
  await transaction.done;
}

/** Puts a card with its copies in the place of an earlier one. */
export async function putCard(transaction: CardWriting, card: HeldCard, copies: readonly Copy[]): Promise<void> {
  const cards = transaction.objectStore("cards");
  for (const { id } of (await cards.getAll()).filter((held) => replaces(card, held))) await removeCard(transaction, id);
  await Promise.all([cards.put(card), ...copies.map((copy) => transaction.objectStore("copies").put(stored(copy)))]);
}

async function removeCard(transaction: CardWriting, id: string): Promise<void> {
  const [copies, waiting] = [transaction.objectStore("copies"), transaction.objectStore("waiting")];
  const keys = await copies.index("card").getAllKeys(id);
  const renewals = (await waiting.getAll()).filter(({ renews }) => renews === id);
  await Promise.all([...keys.map((key) => copies.delete(key)), ...renewals.map((one) => waiting.delete(one.id)), transaction.objectStore("cards").delete(id)]);
}

/** New copies of a card. */
export interface Replacement {
  card: HeldCard;
  copies: readonly Copy[];
  /** Whether a card says the same as they do: then old ones of a format that did not come stay. */
  isSame: (held: HeldCard) => boolean;
  /** What was waited for, and is there with them. */
  awaited?: string | undefined;
}

/**
 * Puts new copies of a card in place of those it has, with what they say; `false` where the card was deleted meanwhile, which
 * then stays deleted, or where they are not waited for any more.
 */
export async function replaceCopies(id: string, { card, copies, isSame, awaited }: Replacement): Promise<boolean> {
  const transaction = await writeCards();
  const [cards, store, waiting] = [transaction.objectStore("cards"), transaction.objectStore("copies"), transaction.objectStore("waiting")];
  const held = await cards.get(id);
  if (!held || (awaited !== undefined && (await waiting.getKey(awaited)) === undefined)) return false;
  const keepsOthers = isSame(held);
  const formats = keepsOthers ? [...new Set(copies.map(formatOf))] : FORMATS;
  const old = (await Promise.all(formats.map((format) => store.index("format").getAllKeys([id, format])))).flat();
  const doctype = card.doctype ?? (keepsOthers ? held.doctype : undefined);
  // What is on a screen somewhere is not what these say.
  const revision = keepsOthers ? held.revision : (held.revision ?? 0) + 1;
  await Promise.all([
    // It was not obtained anew: the order of cards is that of people's choices.
    cards.put({ ...card, id, obtainedAt: held.obtainedAt, doctype, revision }),
    ...old.map((key) => store.delete(key)),
    ...copies.map((copy) => store.put(stored({ ...copy, card: id, revision }))),
    ...(awaited === undefined ? [] : [waiting.delete(awaited)]),
    transaction.done,
  ]);
  return true;
}

const FORMATS: readonly CardFormat[] = ["mso_mdoc", "dc+sd-jwt"];

/** The formats in which a card has copies. */
export async function formatsLeft(card: string): Promise<readonly CardFormat[]> {
  const left = await Promise.all(FORMATS.map((format) => count(card, format)));
  return FORMATS.filter((_, at) => left[at] !== 0);
}

/** How many copies a card has in one format; none of them is read. */
async function count(card: string, format: CardFormat): Promise<number> {
  return (await database()).countFromIndex("copies", "format", [card, format]);
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
  const held = await readCard(card);
  const left = await count(card, "dc+sd-jwt");
  return held?.doctype === undefined ? left : Math.min(left, await count(card, "mso_mdoc"));
}

export async function anyCopy(card: string): Promise<Copy | undefined> {
  return (await database()).getFromIndex("copies", "card", card);
}

/** Of which card a copy is wanted, in which format, and of which revision: what is given is what was on the screen. */
export interface WantedCopy {
  card: string;
  format: CardFormat;
  revision: number | undefined;
}

/**
 * A copy for each that is wanted, never the same one for two; `undefined` where there are not enough, or where they say something
 * else by now. They stay where they are.
 */
export async function findCopies(wanted: readonly WantedCopy[]): Promise<Copy[] | undefined> {
  const transaction = (await database()).transaction("copies", "readonly");
  const found: Copy[] = [];
  for (const { card, format, revision } of wanted) {
    let cursor = await transaction.store.index("format").openKeyCursor([card, format]);
    while (cursor && found.some(({ id }) => id === cursor?.primaryKey)) cursor = await cursor.continue();
    const copy = cursor && (await transaction.store.get(cursor.primaryKey));
    if (!copy || copy.revision !== revision) return undefined;
    found.push(copy);
  }
  return found;
}

/**
 * Takes copies out, keys and all, so that none can ever be shown twice: as many as are wanted, or none.
 *
 * Taken before they are sent: a copy lost on the way costs less than one that two counters could link.
 */
export async function takeCopies(wanted: readonly WantedCopy[]): Promise<Copy[] | undefined> {
  // Another tab may take one between finding and taking; then there may be others.
  for (let found = await findCopies(wanted); found; found = await findCopies(wanted)) if (await takeThese(found)) return found;
  return undefined;
}

/** Takes out the very copies that were agreed to; `false`, and none is taken, where one has gone meanwhile. */
export async function takeThese(copies: readonly Copy[]): Promise<boolean> {
  const transaction = (await database()).transaction("copies", "readwrite");
  const ids = copies.flatMap(({ id }) => id ?? []);
  const found = await Promise.all(ids.map((id) => transaction.store.get(id)));
  // In a wallet that was erased meanwhile the same number is another copy's.
  const areThere = ids.length === copies.length && copies.every(({ card, revision }, at) => found[at]?.card === card && found[at]?.revision === revision);
  if (areThere) await Promise.all(ids.map((id) => transaction.store.delete(id)));
  await transaction.done;
  return areThere;
}

/** Puts back copies that were taken and have been shown to nobody, unless their card was deleted meanwhile or says something else. */
export async function returnCopies(copies: readonly Copy[]): Promise<void> {
  const transaction = (await database()).transaction(["cards", "copies"], "readwrite");
  for (const copy of copies) {
    const held = await transaction.objectStore("cards").get(copy.card);
    if (held && held.revision === copy.revision) await transaction.objectStore("copies").put(stored(copy));
  }
  await transaction.done;
}

/** Whose card it is, in the authority's words, where the authority keeps its keys. */
export async function keeperOf(card: string): Promise<string | undefined> {
  const key = (await anyCopy(card))?.key;
  return key && isKept(key) ? key.person : undefined;
}

/** Whether the authority keeps the keys of a card, so that showing it needs the ID password. */
export async function needsPassword(card: string): Promise<boolean> {
  return (await keeperOf(card)) !== undefined;
}

/** Deletes a card, its copies, and what is waited for to fill them up. */
export async function deleteCard(id: string): Promise<void> {
  const transaction = await writeCards();
  await removeCard(transaction, id);
  await transaction.done;
}
