import { authorityIsUnchanged, unpinAuthority } from "./protocol/authority";
import { WalletError } from "./protocol/fault";
import { listCards } from "./store/cards";

/** A root that changed is followed only while no card depends on the old one. @throws {WalletError} `authority_changed` */
export async function followAuthority(): Promise<void> {
  if (await authorityIsUnchanged()) return;
  if ((await listCards()).length > 0) throw new WalletError("authority_changed");
  await unpinAuthority();
}
