import { listCards, anyCopy, deleteCard, readCard, type HeldCard } from "./cards";
import { isKept } from "./database";
import { listHistory, remember, type HistoryEntry } from "./history";
import { readSetting, writeSetting, type Account } from "./settings";
import { dropWaiting, listWaiting, personOf as awaitedBy, type WaitingCard } from "./waiting";

/** The full card of an account, if this wallet still holds it. */
export async function cardOf({ authority, person }: Account): Promise<HeldCard | undefined> {
  for (const card of await listCards()) {
    if (card.issuer === authority && (await personOf(card)) === person) return card;
  }
  return undefined;
}

/** Whose a full card is; one that an earlier version of the wallet stored has it in its copies only. */
async function personOf({ id, person }: HeldCard): Promise<string | undefined> {
  if (person) return person;
  const key = (await anyCopy(id))?.key;
  return key && isKept(key) ? key.person : undefined;
}

/** What the wallet keeps of a person and the authority does not: where cards were shown. */
export interface WalletData {
  cards: Pick<HeldCard, "issuer" | "vct" | "claims" | "obtainedAt" | "expiresAt" | "copiesIssued">[];
  waiting: Pick<WaitingCard, "issuer" | "since" | "askedAt">[];
  history: Omit<HistoryEntry, "id">[];
}

export async function walletData(): Promise<WalletData> {
  const [cards, waiting, history] = await Promise.all([listCards(), listWaiting(), listHistory()]);
  return {
    cards: cards.map(({ issuer, vct, claims, obtainedAt, expiresAt, copiesIssued }) => ({ issuer, vct, claims, obtainedAt, expiresAt, copiesIssued })),
    waiting: waiting.map(({ issuer, since, askedAt }) => ({ issuer, since, askedAt })),
    history: history.map(({ id: _, ...entry }) => entry),
  };
}

/**
 * Deletes the cards of an account, light ones of the same person too, what is waited for, and the device's key. The history
 * stays.
 */
export async function forgetAccount(account: Account, now: number): Promise<void> {
  const number = (await cardOf(account))?.claims["personal_administrative_number"];
  for (const card of await listCards()) {
    const isTheirs = (await personOf(card)) === account.person || (number !== undefined && card.claims["personal_administrative_number"] === number);
    if (card.issuer !== account.authority || !isTheirs) continue;
    await deleteCard(card.id);
    await remember({ at: now, kind: "deleted" });
  }
  for (const waiting of await listWaiting()) {
    // Fresh copies of a card that is still there are somebody else's.
    if (waiting.renews !== undefined && (await readCard(waiting.renews))) continue;
    // Nobody can say whose a light card will be: to delete too much is what an erasure may do.
    if (waiting.issuer === account.authority && (awaitedBy(waiting) ?? account.person) === account.person) await dropWaiting(waiting.id);
  }
  const others = ((await readSetting("accounts")) ?? []).filter(({ authority, person }) => authority !== account.authority || person !== account.person);
  await writeSetting("accounts", others);
}
