import { common } from "./common";

/** The parts of a refusal that decide what a person is told. */
interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly retryAfter?: number;
}

/** A sentence that says what to do about `error`, whatever it is. */
export function describe(error: unknown): string {
  const words = common().error;
  if (!isRefusal(error)) return words.unknown;
  if (error.code === "too_many_requests") return words.tooMany(error.retryAfter ?? 60);
  if (error.code === "password_wait") return words.passwordWait(error.retryAfter ?? 60);
  const known = SENTENCES[error.code];
  if (known) return words[known];
  return error.status >= 400 && error.status < 500 ? words.wrongInput : words.unknown;
}

type Sentence = Exclude<keyof ReturnType<typeof common>["error"], "tooMany" | "passwordWait">;

/** What the server refuses with, and the sentence for it. Where a person can do nothing but one thing, many share one. */
export const SENTENCES: Partial<Record<string, Sentence>> = {
  offline: "offline",
  timeout: "timeout",
  busy: "busy",
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  not_found: "notFound",
  gone: "gone",
  changed: "changed",
  not_possible_now: "notNow",
  taken: "taken",
  too_large: "tooLarge",
  image_too_large: "tooLarge",
  internal: "unknown",
  unreadable: "unknown",

  // The input is a person's own.
  invalid_record: "wrongInput",
  reason_missing: "reasonMissing",
  bad_device_name: "wrongInput",
  record_unfit: "wrongInput",
  registration_days: "wrongInput",
  registration_unfit: "wrongInput",
  list_unfit: "wrongInput",
  weak_password: "wrongInput",
  no_grounds: "wrongInput",
  frame_replayed: "wrongInput",
  signer_anchor_refused: "wrongInput",
  master_list_refused: "wrongInput",
  revocation_list_refused: "wrongInput",

  // The way to a full card, and its use.
  chip_missing: "chipMissing",
  password_missing: "passwordMissing",
  not_a_full_journey: "notFull",
  wrong_password: "wrongPassword",
  password_locked: "passwordLocked",
  passkey_refused: "passkeyRefused",
  passkey_missing: "passkeyMissing",
  no_passkeys: "noPasskeys",
  password_needed: "passwordNeeded",
  session_over: "sessionOver",
  device_retired: "deviceRetired",
  device_key_used: "deviceRetired",
  record_not_active: "recordNotActive",
  card_not_valid: "cardNotValid",
  copy_not_usable: "copyNotUsable",
  unknown_copy: "copyNotUsable",
  vault_unavailable: "vaultUnavailable",
  other_device: "deviceRetired",
  unconfirmed: "misunderstood",
  unknown_revocation_code: "unknownCode",

  // An answer that the browser brought back.
  already_answered: "answered",
  wrong_protocol: "answerUnfit",
  answer_malformed: "answerUnfit",
  answer_not_asked_for: "answerUnfit",
  answer_not_decrypted: "answerUnfit",
  answer_not_encrypted: "answerUnfit",

  // A photographed document.
  not_a_picture: "notAPicture",
  no_text_found: "noText",
  no_document_found: "noDocument",
  documents_not_read: "documentsNotRead",

  // The device's clock is wrong, or a message was long on its way.
  device_proof_time: "clock",
  instruction_stale: "clock",
  instruction_future: "clock",
  nonce_expired: "clock",

  // Two programs do not understand each other; nothing was signed.
  nonce_used: "misunderstood",
  foreign_nonce: "misunderstood",
  other_consent: "misunderstood",
  bad_count: "misunderstood",
  malformed_password_message: "misunderstood",
  malformed_base64url: "misunderstood",
  malformed_form: "misunderstood",
  malformed_id: "misunderstood",
  malformed_json: "misunderstood",
  unsupported_media_type: "misunderstood",
  unknown_outcome: "misunderstood",
  unknown_page: "misunderstood",
  unknown_status: "misunderstood",
  unknown_way: "misunderstood",
  device_proof_malformed: "misunderstood",
  device_proof_signature: "misunderstood",
  device_proof_authority: "misunderstood",
  device_proof_over: "misunderstood",
  instruction_malformed: "misunderstood",
  instruction_mac: "misunderstood",
  instruction_device: "misunderstood",
  instruction_authority: "misunderstood",
  instruction_person: "misunderstood",
  instruction_card: "misunderstood",
  instruction_copy: "misunderstood",
  instruction_exchange: "misunderstood",
  instruction_text: "misunderstood",
  instruction_replayed: "misunderstood",
};

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && "code" in error && "status" in error && typeof error.code === "string" && typeof error.status === "number";
}
