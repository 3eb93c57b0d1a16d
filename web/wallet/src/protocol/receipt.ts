import { calculateJwkThumbprint } from "jose";
import type { Account } from "../store/settings";
import type { Certificate } from "./certificate";
import { PURPOSE } from "./chain";
import { WalletError } from "./fault";
import { publicJwk, verifySigned } from "./jws";

/** What an erasure took, and what it left. */
export interface Receipt {
  /** Seconds since the epoch. */
  at: number;
  revokedCards: number;
  /** The authority's names for what is gone. */
  erased: string[];
  /** And for what stays. */
  kept: string[];
}

const TYP = "mibun-erasure-receipt+jwt";

/**
 * Makes sure that a receipt is the authority's, and about this device.
 *
 * @throws {WalletError} `receipt_not_genuine`
 */
export async function readReceipt(receipt: string, account: Pick<Account, "authority" | "device">, anchors: readonly Certificate[], now: Date): Promise<Receipt> {
  try {
    const { payload } = await verifySigned(receipt, TYP, { anchors, purpose: PURPOSE.documentSigner, now });
    const { iss, iat, device, revoked_cards: revokedCards, erased, kept } = payload;
    if (iss !== account.authority) throw new TypeError("another authority");
    if (device !== (await calculateJwkThumbprint(await publicJwk(account.device.publicKey)))) throw new TypeError("another device");
    if (typeof iat !== "number" || typeof revokedCards !== "number") throw new TypeError("the receipt is incomplete");
    return { at: iat, revokedCards, erased: texts(erased), kept: texts(kept) };
  } catch (cause) {
    throw new WalletError("receipt_not_genuine", { cause });
  }
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) throw new TypeError("the receipt is incomplete");
  return value;
}
