import { renew, type Access, type Renewal } from "./protocol/access";
import { anchors } from "./protocol/authority";
import { collect, isSaidBy } from "./protocol/collect";
import { WalletError } from "./protocol/fault";
import type { Session } from "./protocol/holder";
import { issuerOf, type Issuer } from "./protocol/issuer";
import { copiesLeft, needsPassword, noteRenewal, readCard, replaceCopies, type HeldCard } from "./store/cards";

/** With so few copies left, more are fetched. */
const FEW = 2;
/** A refresh token is good once more for a minute, in case that its answer was lost. */
const PAUSES_MS = [1_000, 4_000];

/** Whether a card has few copies left and more are to be had. */
export async function isRunningOut({ id, renewal }: HeldCard): Promise<boolean> {
  return renewal !== undefined && (await copiesLeft(id)) <= FEW;
}

/**
 * Fetches new copies of a card in place of those that are left; of a full one within a sign-in.
 *
 * @throws {WalletError} `no_copy` where the card was collected by a way that gives it once.
 */
export function fetchMore(card: string, origin: string, session?: Session): Promise<void> {
  return alone(card, () => fetchFor(card, origin, session));
}

async function fetchFor(card: string, origin: string, session?: Session): Promise<void> {
  const held = await readCard(card);
  if (!held?.renewal) throw new WalletError(held ? "no_copy" : "card_gone");
  const now = new Date();
  const issuer = await issuerOf(held.issuer, origin);
  const access = await renewed(issuer, held.renewal);
  // First of all: what it was had with is worthless from now on.
  await noteRenewal(card, access.renewal);
  const fetched = await collect(issuer, { access, session, anchors: await anchors(now), now });
  if (!isSamePerson(held, fetched.card)) throw new WalletError("card_not_genuine");
  const keepsOthers = isSaidBy(held.claims, fetched.card.claims) && isSaidBy(fetched.card.claims, held.claims);
  if (!(await replaceCopies(card, { ...fetched, keepsOthers }))) throw new WalletError("card_gone");
  await fetched.accept().catch(() => undefined);
}

/** Asks again while what the answer may have been lost with is still good. */
async function renewed(issuer: Issuer, renewal: Renewal): Promise<Access> {
  for (const pause of PAUSES_MS) {
    try {
      return await renew(issuer, renewal);
    } catch (error) {
      const isLost = error instanceof WalletError && error.fault === "offline" && globalThis.navigator?.onLine !== false;
      if (!isLost) throw error;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  return renew(issuer, renewal);
}

/** Fetches copies of every card that is running out and needs no password for that; what does not work now is tried later. */
export async function topUp(cards: readonly HeldCard[], origin: string): Promise<void> {
  for (const card of cards) {
    if (card.person || !(await isRunningOut(card)) || (await needsPassword(card.id))) continue;
    if (globalThis.navigator?.onLine === false) return;
    // Another tab may have been faster.
    const fetch = async () => ((await isRunningOut(card)) ? fetchFor(card.id, origin) : undefined);
    await alone(card.id, fetch).catch(() => undefined);
  }
}

function isSamePerson(held: HeldCard, fetched: HeldCard): boolean {
  const number = "personal_administrative_number";
  return held.claims[number] === fetched.claims[number] && held.vct === fetched.vct && held.person === fetched.person;
}

/** A refresh token that two tabs use ends what it gives: one goes first, the other finds what that one has left. */
async function alone(card: string, action: () => Promise<void>): Promise<void> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  await (locks ? locks.request(`mibun-copies-${card}`, action) : action());
}
