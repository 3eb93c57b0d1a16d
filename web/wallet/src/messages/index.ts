import { describe, messages, type Catalogue } from "@mibun/ui";
import { WalletError, WrongPassword } from "../protocol/fault";
import { en, type WalletMessages } from "./en";
import { ja } from "./ja";
import { zhHans } from "./zh-hans";

export const catalogue: Catalogue<WalletMessages> = { en, ja, "zh-Hans": zhHans };

export const text = messages(catalogue);

/** A sentence about any failure, the wallet's own or the server's. */
export function explain(error: unknown): string {
  if (error instanceof WrongPassword) return text().password.wrong(error.triesLeft);
  return error instanceof WalletError ? text().faults[error.fault] : describe(error);
}
