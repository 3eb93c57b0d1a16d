import { erase } from "./protocol/account";
import { anchors } from "./protocol/authority";
import { disown } from "./protocol/disowning";
import type { Session } from "./protocol/holder";
import { readReceipt, type Receipt } from "./protocol/receipt";
import { forgetAccount } from "./store/account";
import type { Account } from "./store/settings";

/** An erasure that the authority has answered. */
export interface Erased {
  /** As it came. */
  receipt: string;
  /** What it says; `undefined` where it is not the authority's, or not about this device. */
  content: Receipt | undefined;
}

/** Has everything erased that the card needed. The wallet lets go of its own part only for a genuine receipt. */
export async function eraseAccount(account: Account, session: Session, now: Date): Promise<Erased> {
  // Looked up before: afterwards nothing may come between the receipt and its check.
  const roots = await anchors(now);
  const receipt = await erase(session, now);
  const content = await readReceipt(receipt, account, roots, now).catch(() => undefined);
  if (content) {
    await forgetAccount(account, Math.floor(now.getTime() / 1000));
    if (account.passkey) await disown(account.passkey);
  }
  return { receipt, content };
}
