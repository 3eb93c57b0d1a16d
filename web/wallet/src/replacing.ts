import { isSaidBy } from "./protocol/batch";
import type { Collected } from "./protocol/collect";
import { WalletError } from "./protocol/fault";
import { replaceCopies, type HeldCard } from "./store/cards";

/**
 * Puts fresh copies in place of those of a card that is held, if they are about the same person; what was waited for under the name
 * `awaited` is there with them.
 *
 * @throws {WalletError} `card_not_genuine`; `card_gone` where the card was deleted meanwhile, or they are not waited for any more.
 */
export async function replace(held: HeldCard, fetched: Pick<Collected, "card" | "copies">, awaited?: string): Promise<void> {
  if (!isSamePerson(held, fetched.card)) throw new WalletError("card_not_genuine");
  const isSame = ({ claims }: HeldCard) => isSaidBy(claims, fetched.card.claims) && isSaidBy(fetched.card.claims, claims);
  if (!(await replaceCopies(held.id, { ...fetched, isSame, awaited }))) throw new WalletError("card_gone");
}

function isSamePerson(held: HeldCard, fetched: HeldCard): boolean {
  const number = "personal_administrative_number";
  return held.claims[number] === fetched.claims[number] && held.vct === fetched.vct && held.person === fetched.person;
}
