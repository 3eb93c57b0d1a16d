import { renew, type Access, type Renewal } from "./access";
import { WalletError } from "./fault";
import type { Issuer } from "./issuer";

/** A refresh token is good once more for a minute, in case that its answer was lost. */
const PAUSES_MS = [1_000, 4_000];

/** The next access token; asked for again while what the answer may have been lost with is still good. @throws {WalletError} */
export async function renewed(issuer: Issuer, renewal: Renewal): Promise<Access> {
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
