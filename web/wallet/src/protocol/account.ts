import { ApiError, drawRevocationCode, eraseHolder, exportHolder, finishPasswordChange, startPasswordChange, type HolderExport } from "@mibun/api-client";
import { fromBase64url } from "./bytes";
import { WalletError } from "./fault";
import type { Session } from "./holder";
import { passwordProtocol } from "./opaque";

/** Puts another ID password in the place of the one just entered. Every sign-in ends, this one too. */
export async function changePassword(session: Session, password: string, now: Date): Promise<void> {
  const client = await passwordProtocol();
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  const registrationResponse = await startPasswordChange(session.exchange, registrationRequest);
  const { registrationRecord: record } = client.finishRegistration({ clientRegistrationState, registrationResponse, password });
  const asked = await session.ask("mibun-password-change+jwt", now, fromBase64url(record));
  await finishPasswordChange({ ...asked, record });
}

/** A revocation code, in place of an earlier one. It is shown and then forgotten. */
export async function drawCode(session: Session, now: Date): Promise<string> {
  return drawRevocationCode(await session.ask("mibun-revocation-code-request+jwt", now));
}

/** What the authority keeps about the holder; the copy names what it leaves out. */
export async function copyOfData(session: Session, now: Date): Promise<HolderExport> {
  return exportHolder(await session.ask("mibun-history-request+jwt", now));
}

/**
 * Has everything erased that the card needed; answers the receipt as it came, not yet looked at.
 *
 * @throws {WalletError} `erasure_unknown` where neither a receipt nor a refusal came: it may have been done.
 */
export async function erase(session: Session, now: Date): Promise<string> {
  const asked = await session.ask("mibun-erasure-request+jwt", now);
  try {
    return await eraseHolder(asked);
  } catch (error) {
    if (isUnclear(error)) throw new WalletError("erasure_unknown", { cause: error });
    throw error;
  }
}

/** A server that fails, or whatever stands before it, may do so after the work was done. */
function isUnclear(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.code === "unreadable" || (error.status >= 500 && error.status <= 599));
}
