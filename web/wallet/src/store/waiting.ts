import type { KeptAccess } from "../protocol/access";
import type { Part } from "../protocol/batch";
import type { Fault } from "../protocol/fault";
import { deleteCard, listCards, replaces, type HeldCard } from "./cards";
import { database, stored, type Copy } from "./database";

/** A card that its issuer has not ready, with everything that asking for it again takes. */
export interface WaitingCard {
  /** Its name, and that of the card once it is there. */
  id: string;
  issuer: string;
  /** None once the issuer has said its last word. */
  open?: OpenWaiting | undefined;
  /** Why it will not come. */
  ended?: Fault | undefined;
  /** Seconds since the epoch, here and below. */
  since: number;
  /** When it was last asked for. */
  askedAt: number;
  /** The card for which these are fresh copies. */
  renews?: string | undefined;
}

/** What the issuer is asked with. */
export interface OpenWaiting {
  parts: readonly Part[];
  access: KeptAccess;
  /** Before then the issuer does not want to be asked. */
  askAfter: number;
}

/** The oldest first. */
export async function listWaiting(): Promise<WaitingCard[]> {
  return (await (await database()).getAll("waiting")).sort((a, b) => a.since - b.since);
}

export async function readWaiting(id: string): Promise<WaitingCard | undefined> {
  return (await database()).get("waiting", id);
}

/** Keeps a card that is waited for, in place of what was kept under that name. */
export async function keepWaiting(waiting: WaitingCard): Promise<void> {
  await (await database()).put("waiting", waiting);
}

/** Notes news of a card, if it is still waited for; `false` where it was given up meanwhile. */
export async function noteWaiting(id: string, news: Partial<Omit<WaitingCard, "id">>): Promise<boolean> {
  const transaction = (await database()).transaction("waiting", "readwrite");
  const kept = await transaction.store.get(id);
  if (kept) await transaction.store.put({ ...kept, ...news });
  await transaction.done;
  return kept !== undefined;
}

/** Waits no longer: keys and tokens are deleted. `false` where nothing was waited for. */
export async function dropWaiting(id: string): Promise<boolean> {
  const transaction = (await database()).transaction("waiting", "readwrite");
  const isThere = (await transaction.store.getKey(id)) !== undefined;
  await transaction.store.delete(id);
  await transaction.done;
  return isThere;
}

/** Puts a card in place of what was waited for, all or nothing; `false` where that was given up meanwhile. */
export async function arrive(card: HeldCard, copies: readonly Copy[]): Promise<boolean> {
  const earlier = (await listCards()).filter((held) => replaces(card, held));
  const transaction = (await database()).transaction(["waiting", "cards", "copies"], "readwrite");
  const isAwaited = (await transaction.objectStore("waiting").getKey(card.id)) !== undefined;
  if (isAwaited) {
    await Promise.all([
      transaction.objectStore("waiting").delete(card.id),
      transaction.objectStore("cards").put(card),
      ...copies.map((copy) => transaction.objectStore("copies").put(stored(copy))),
    ]);
  }
  await transaction.done;
  if (isAwaited) for (const { id } of earlier) await deleteCard(id);
  return isAwaited;
}

/** Whether fresh copies of a card are waited for. */
export async function isRenewalAwaited(card: string): Promise<boolean> {
  return (await listWaiting()).some(({ renews, open }) => renews === card && open !== undefined);
}

/** Waits no longer for fresh copies of a card. */
export async function dropRenewals(card: string): Promise<void> {
  for (const { id, renews } of await listWaiting()) if (renews === card) await dropWaiting(id);
}

/** Whose a card will be, in the authority's words, where the authority keeps its keys. */
export function personOf({ open }: WaitingCard): string | undefined {
  const key = open?.parts.flatMap(({ keys }) => keys).find((one) => "person" in one);
  return key && "person" in key ? key.person : undefined;
}
