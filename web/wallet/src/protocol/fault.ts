/** Why the wallet does not go on; each is a sentence in the catalogue. */
export type Fault =
  | "unknown_code"
  | "other_service"
  | "authority_changed"
  | "offer_used"
  | "offer_refused"
  | "card_not_genuine"
  | "request_expired"
  | "request_taken"
  | "request_not_genuine"
  | "request_unsupported"
  | "answer_refused"
  | "level_too_low"
  | "card_revoked"
  | "card_suspended"
  | "card_expired"
  | "no_copy"
  | "offline";

export class WalletError extends Error {
  override readonly name = "WalletError";

  constructor(
    readonly fault: Fault,
    options?: ErrorOptions,
  ) {
    super(fault, options);
  }
}

/** `error` if it says already what is wrong, else `fault` with `error` as its cause. */
export function because(fault: Fault, error: unknown): WalletError {
  return error instanceof WalletError ? error : new WalletError(fault, { cause: error });
}
