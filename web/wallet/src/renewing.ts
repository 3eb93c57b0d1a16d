import { anchors } from "./protocol/authority";
import { WalletError } from "./protocol/fault";
import type { Session } from "./protocol/holder";
import { issuerOf } from "./protocol/issuer";
import { renewed } from "./protocol/renewal";
import { replace } from "./replacing";
import { copiesLeft, needsPassword, noteRenewal, readCard, type HeldCard } from "./store/cards";
import { areAwaited, dropRenewals, renewalsOf } from "./store/waiting";
import { inTurn } from "./turns";
import { collectOrWait } from "./waiting";

/** With so few copies left, more are fetched. */
const FEW = 2;

/** Whether a card has few copies left and more are to be had. */
export async function isRunningOut({ id, renewal }: HeldCard): Promise<boolean> {
  return renewal !== undefined && (await copiesLeft(id)) <= FEW;
}

/**
 * Fetches new copies of a card in place of those that are left; of a full one within a sign-in.
 *
 * @throws {WalletError} `no_copy` where the card was collected by a way that gives it once, `copies_not_ready` where the
 *   new ones are waited for.
 */
export function fetchMore(card: string, origin: string, session?: Session): Promise<void> {
  return inTurn(turn(card), () => fetchFor(card, origin, session));
}

async function fetchFor(card: string, origin: string, session?: Session): Promise<void> {
  const held = await readCard(card);
  if (!held?.renewal) throw new WalletError(held ? "no_copy" : "card_gone");
  const now = new Date();
  if (areAwaited(await renewalsOf(card), now.getTime() / 1000)) throw new WalletError("copies_not_ready");
  const issuer = await issuerOf(held.issuer, origin);
  const access = await renewed(issuer, held.renewal);
  // First of all: what it was had with is worthless from now on.
  await noteRenewal(card, access.renewal);
  // What was said about those before is old news, too.
  await dropRenewals(card);
  const fetched = await collectOrWait(issuer, { access, session, anchors: await anchors(now), now }, card);
  if (!fetched) throw new WalletError("copies_not_ready");
  await replace(held, fetched);
  await fetched.accept().catch(() => undefined);
}

/** Fetches copies of every card that is running out and needs no password for that; what does not work now is tried later. */
export async function topUp(cards: readonly HeldCard[], origin: string): Promise<void> {
  for (const card of cards) {
    if (card.person || !(await isRunningOut(card)) || (await needsPassword(card.id)) || (await isDenied(card.id))) continue;
    if (globalThis.navigator?.onLine === false) return;
    // Another tab may have been faster.
    const fetch = async () => ((await isRunningOut(card)) ? fetchFor(card.id, origin) : undefined);
    await inTurn(turn(card.id), fetch).catch(() => undefined);
  }
}

/** Whether an officer has said no: whoever wants to ask again does it themselves. */
async function isDenied(card: string): Promise<boolean> {
  return (await renewalsOf(card)).some(({ ended }) => ended === "card_denied");
}

function turn(card: string): string {
  return `mibun-copies-${card}`;
}
