import type { KeptAccess, Renewal } from "../protocol/access";
import type { Part } from "../protocol/batch";
import type { Fault } from "../protocol/fault";
import { putCard, type HeldCard } from "./cards";
import { database, writeCards, type Copy } from "./database";

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
  /** Whether it is said no more; what is known by it stays. */
  isHidden?: boolean | undefined;
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

/**
 * Notes news of a card that came with another token; that one is also the next of the card whose copies are waited for, in one step
 * with it: the token before is worthless. `false` where the card was given up meanwhile.
 */
export async function noteRenewed({ id, renews }: WaitingCard, news: Pick<WaitingCard, "askedAt" | "open">, renewal: Renewal | undefined): Promise<boolean> {
  const transaction = await writeCards();
  const [waiting, cards] = [transaction.objectStore("waiting"), transaction.objectStore("cards")];
  const kept = await waiting.get(id);
  if (kept) await waiting.put({ ...kept, ...news });
  const card = renews === undefined ? undefined : await cards.get(renews);
  if (card) await cards.put({ ...card, renewal });
  await transaction.done;
  return kept !== undefined;
}

/** Waits for more formats of a card; for none where another tab has had it, or somebody has given it up. */
export async function addParts(id: string, { parts, askAfter }: OpenWaiting): Promise<void> {
  const transaction = (await database()).transaction("waiting", "readwrite");
  const kept = await transaction.store.get(id);
  if (kept?.open) {
    const { open } = kept;
    const more = parts.filter(({ format }) => open.parts.every((one) => one.format !== format));
    await transaction.store.put({ ...kept, open: { ...open, parts: [...open.parts, ...more], askAfter: Math.max(open.askAfter, askAfter) } });
  }
  await transaction.done;
}

/** Waits no longer: keys and tokens are deleted. `false` where nothing was waited for. */
export async function dropWaiting(id: string): Promise<boolean> {
  const transaction = (await database()).transaction("waiting", "readwrite");
  const isThere = (await transaction.store.getKey(id)) !== undefined;
  await transaction.store.delete(id);
  await transaction.done;
  return isThere;
}

/**
 * Says no more of it, and waits no longer. That an officer has denied fresh copies stays known: the wallet would ask for them
 * anew by itself.
 */
export async function putAway(id: string): Promise<void> {
  const transaction = (await database()).transaction("waiting", "readwrite");
  const kept = await transaction.store.get(id);
  if (kept?.renews !== undefined && kept.ended === "card_denied") await transaction.store.put({ ...kept, isHidden: true });
  else await transaction.store.delete(id);
  await transaction.done;
}

/** Puts a card in place of what was waited for, all or nothing; `false` where that was given up meanwhile. */
export async function arrive(card: HeldCard, copies: readonly Copy[]): Promise<boolean> {
  const transaction = await writeCards();
  const waiting = transaction.objectStore("waiting");
  const isAwaited = (await waiting.getKey(card.id)) !== undefined;
  if (isAwaited) {
    await waiting.delete(card.id);
    await putCard(transaction, card, copies);
  }
  await transaction.done;
  return isAwaited;
}

/** The fresh copies of a card that are waited for, and those that do not come. */
export async function renewalsOf(card: string): Promise<WaitingCard[]> {
  return (await listWaiting()).filter(({ renews }) => renews === card);
}

/** Whether one of these still comes, so that a card asks for no other fresh copies. */
export function areAwaited(renewals: readonly WaitingCard[], now: number): boolean {
  return renewals.some((one) => one.open && !isOverdue(one, now));
}

/** Whether fresh copies have been waited for so long that they are asked for anew: the card must not be without for ever. */
export function isOverdue({ renews, since }: WaitingCard, now: number): boolean {
  return renews !== undefined && now - since > LONGEST_S;
}

const LONGEST_S = 14 * 86_400;

/** Waits no longer for fresh copies of a card. */
export async function dropRenewals(card: string): Promise<void> {
  for (const { id } of await renewalsOf(card)) await dropWaiting(id);
}

/** Whose a card will be, in the authority's words, where the authority keeps its keys. */
export function personOf({ open }: WaitingCard): string | undefined {
  const key = open?.parts.flatMap(({ keys }) => keys).find((one) => "person" in one);
  return key && "person" in key ? key.person : undefined;
}
