import { dropSetting, readSetting, writeSetting } from "../store/settings";
import { readPem, type Certificate } from "./certificate";
import { WalletError } from "./fault";

const ADDRESS = "/trust/authority.pem";

/** Fetches the authority's root certificate and fixes it, if none is fixed yet. */
export async function pinAuthority(now: Date): Promise<void> {
  if (await readSetting("authority")) return;
  const pem = await fetchRoot();
  if (readPem(pem).length === 0) throw new WalletError("card_not_genuine");
  await writeSetting("authority", { pem, pinnedAt: Math.floor(now.getTime() / 1000) });
}

/** The roots the wallet believes. Without an enrolment nothing is believed yet, so the present one is fixed. */
export async function anchors(now: Date): Promise<Certificate[]> {
  await pinAuthority(now);
  const pinned = await readSetting("authority");
  return pinned ? readPem(pinned.pem) : [];
}

/** Whether the server still shows the root that was fixed; a demonstration that was set up anew does not. */
export async function authorityIsUnchanged(): Promise<boolean> {
  const pinned = await readSetting("authority");
  return !pinned || pinned.pem === (await fetchRoot());
}

/** Lets go of the fixed root; only sensible when no card depends on it any more. */
export function unpinAuthority(): Promise<void> {
  return dropSetting("authority");
}

async function fetchRoot(): Promise<string> {
  const response = await fetch(ADDRESS, { cache: "no-store" }).catch(() => undefined);
  if (!response?.ok) throw new WalletError("offline");
  return response.text();
}
