import { token } from "../protocol/bytes";
import type { ReadyAnswer } from "../protocol/answer";
import type { ClaimPath } from "../protocol/card";
import type { Fault } from "../protocol/fault";
import { database } from "./database";

/**
 * What the wallet knows of a request until it is answered: enough to go on with it after a reload, or in another tab.
 * No item of a card is among it.
 */
export interface KeptRequest {
  id: string;
  /** The nonce by which the asker knows this wallet again. */
  nonce: string;
  /** The request as the asker signed it. Its code is soon too old to fetch it once more. */
  object?: string | undefined;
  /** An answer, encrypted for the asker, of which it is not known that it has arrived, and what it gives. */
  ready?: { answer: ReadyAnswer; paths: readonly ClaimPath[] } | undefined;
  /** The entry of the history about the answer. */
  entry?: number | undefined;
  isAnswered?: boolean;
  /** Why the wallet has refused it, which is an answer, too. */
  refused?: Fault | undefined;
  /** Seconds since the epoch; worthless after that. */
  until: number;
}

/** How long a request is kept whose own end is not known yet. */
const KEPT_SECONDS = 3600;
/** How long it is known of a request at most that it was refused, however long it lasts. */
const LONGEST_KEPT_SECONDS = 30 * 86_400;

/** Why a request is refused, and when it ends by itself, if it does. */
export interface Refused {
  fault: Fault;
  expiresAt: number | undefined;
}

/** What is kept of the request `id`; a nonce of its own if nothing is. Whatever has become worthless is dropped. */
export async function keepRequest(id: string, now: number): Promise<KeptRequest> {
  const transaction = (await database()).transaction("requests", "readwrite");
  const all = await transaction.store.getAll();
  await Promise.all(all.filter(({ until }) => until <= now).map((old) => transaction.store.delete(old.id)));
  let kept = all.find((one) => one.id === id && one.until > now);
  if (!kept) {
    kept = { id, nonce: token(16), until: now + KEPT_SECONDS };
    await transaction.store.put(kept);
  }
  await transaction.done;
  return kept;
}

/** Notes what has become of a request, if it is still kept. */
export async function noteRequest(id: string, news: Partial<Omit<KeptRequest, "id" | "nonce">>): Promise<void> {
  const transaction = (await database()).transaction("requests", "readwrite");
  const kept = await transaction.store.get(id);
  if (kept) await transaction.store.put({ ...kept, ...news });
  await transaction.done;
}

/** Notes that a request is answered; of all else that was kept nothing is needed any more. */
export async function closeRequest(id: string): Promise<void> {
  await noteRequest(id, { isAnswered: true, object: undefined, ready: undefined, entry: undefined });
}

/**
 * Notes that the wallet has refused a request, for as long as the request lasts; `false` where it is answered already, or not
 * kept.
 */
export async function refuseRequest(id: string, { fault: refused, expiresAt = Infinity }: Refused, now: number): Promise<boolean> {
  const transaction = (await database()).transaction("requests", "readwrite");
  const kept = await transaction.store.get(id);
  const isOpen = kept !== undefined && kept.isAnswered !== true;
  if (isOpen) {
    const until = Math.max(kept.until, Math.min(expiresAt, now + LONGEST_KEPT_SECONDS));
    await transaction.store.put({ id, nonce: kept.nonce, until, isAnswered: true, refused });
  }
  await transaction.done;
  return isOpen;
}
