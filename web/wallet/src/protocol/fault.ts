import { ApiError } from "@mibun/api-client";

/** Why the wallet does not go on; each is a sentence in the catalogue. */
export type Fault =
  | "unknown_code"
  | "other_service"
  | "authority_changed"
  | "offer_used"
  | "offer_refused"
  | "not_asked"
  | "not_allowed"
  | "not_ready"
  | "card_denied"
  | "not_awaited"
  | "copies_not_ready"
  | "not_kept"
  | "card_not_genuine"
  | "card_not_sealed"
  | "issuer_unsupported"
  | "request_expired"
  | "request_taken"
  | "request_answered"
  | "request_not_genuine"
  | "request_unsupported"
  | "transaction_refused"
  | "answer_refused"
  | "level_too_low"
  | "card_revoked"
  | "card_suspended"
  | "card_expired"
  | "no_copy"
  | "card_gone"
  | "card_changed"
  | "wrong_password"
  | "no_account"
  | "passkey_not_made"
  | "passkey_not_used"
  | "signed_otherwise"
  | "browser_too_old"
  | "receipt_not_genuine"
  | "erasure_unknown"
  | "page_outdated"
  | "other_tabs"
  | "unsent"
  | "busy"
  | "offline"
  | "failed_here";

export class WalletError extends Error {
  override readonly name = "WalletError";

  constructor(
    readonly fault: Fault,
    options?: ErrorOptions,
  ) {
    super(fault, options);
  }
}

/** Why a request is refused, in the words of OpenID4VP 1.0 section 8.5. */
export type Refusal = "invalid_request" | "invalid_scope" | "invalid_transaction_data" | "vp_formats_not_supported";

/** Who asks, as its certificate says, and where it hears of refusals. Known only of requests that are authentic. */
export interface Asker {
  organisation: string;
  responseUri: string;
  state: string | undefined;
  /** Seconds since the epoch; where it is not there, the request never ends. */
  expiresAt: number | undefined;
}

/** What a request asks cannot be answered. */
export class RequestRefused extends WalletError {
  constructor(
    fault: Fault = "request_unsupported",
    readonly code: Refusal = "invalid_request",
    options?: ErrorOptions,
    /** Who hears of it. */
    readonly asker?: Asker,
  ) {
    super(fault, options);
  }

  /** The same, of an authentic request. */
  of(asker: Asker): RequestRefused {
    return new RequestRefused(this.fault, this.code, { cause: this.cause }, asker);
  }
}

/** The ID password that was entered is not the right one. */
export class WrongPassword extends WalletError {
  constructor(
    /** Tries before the password is locked. */
    readonly triesLeft: number,
  ) {
    super("wrong_password");
  }
}

/** What `error` or anything behind it says is wrong, else `fault` with `error` as its cause. */
export function because(fault: Fault, error: unknown): WalletError {
  return within(error) ?? new WalletError(fault, { cause: error });
}

/** Whether no ID password helps on this device any more, but only a new full card. */
export function needsNewCard(error: unknown): boolean {
  if (error instanceof WrongPassword) return error.triesLeft === 0;
  if (error instanceof ApiError) return error.code === "password_locked" || error.code === "device_retired";
  return error instanceof WalletError && error.fault === "no_account";
}

/** Whether nobody has said no: the same can be tried again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 0 || error.status >= 500 || error.code === "too_many_requests";
  return error instanceof WalletError && PASSING.includes(error.fault);
}

const PASSING: readonly Fault[] = ["offline", "busy", "unsent", "failed_here", "not_kept"];

/** The libraries wrap what our own fetch throws, several times over. */
function within(error: unknown): WalletError | undefined {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 8; inner = inner.cause, depth++) {
    if (inner instanceof WalletError) return inner;
  }
  return undefined;
}
