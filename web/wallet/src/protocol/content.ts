import type { Texts } from "@mibun/ui";
import { ALGORITHMS, AGREEMENT, ENCRYPTIONS } from "./algorithms";
import { isWithin } from "./bounded";
import type { Certificate } from "./certificate";
import { RequestRefused } from "./fault";
import { readQuery, type CardFormat, type Query } from "./query";

/** What the check is for, in the asker's own words, signed with the request. */
export interface Notice {
  scene: string;
  title: Texts;
  purpose: Texts;
  retention_days: number;
  /** The proof of presence that the scene demands. */
  presence: "none" | "face" | "password";
}

/** What an authentic request asks. */
export interface Content {
  nonce: string;
  query: Query;
  notice: Notice | undefined;
}

/** A key of the asker's, to which answers are encrypted. */
export interface Recipient {
  [member: string]: unknown;
  kty: string;
  kid: string;
  alg: string;
}

type Members = Readonly<Record<string, unknown>>;

const NOTICE_FORMAT = "urn:mibun:scene:1";
/** What requests to wallets are addressed to that were not looked up first. */
const ANY_WALLET = "https://self-issued.me/v2";
const MODES = ["direct_post", "direct_post.jwt"];
/** As the wallet of the command line has it: our own requests, the largest known, have a few dozen claim sets. */
const LIMITS = { depth: 16, nodes: 2000 };

/**
 * Reads what an authentic request asks.
 *
 * @throws {RequestRefused} with the reason that its asker hears.
 */
export function readContent(payload: Members, anchors: readonly Certificate[]): Content {
  if (!isWithin(LIMITS, payload)) throw new RequestRefused();
  const { response_type: type, response_mode: mode, nonce, aud } = payload;
  if (payload["scope"] !== undefined) throw new RequestRefused("request_unsupported", "invalid_scope");
  const addressees = [aud].flat();
  const isAddressed = addressees.length > 0 && addressees.every((one) => one === ANY_WALLET);
  if (type !== "vp_token" || !isAddressed || !isUnguessable(nonce) || payload["redirect_uri"] !== undefined) throw new RequestRefused();
  const asked = readQuery(payload["dcql_query"], anchors);
  const metadata = members(payload["client_metadata"]);
  const query = readable(asked, members(metadata["vp_formats_supported"]));
  if (!MODES.includes(String(mode))) throw new RequestRefused();
  if (mode === "direct_post.jwt") recipientOf(payload);
  // An identity card authorises nothing but showing it (PID Rulebook 1.7), and there are no other cards here.
  if (payload["transaction_data"] !== undefined) throw new RequestRefused("transaction_refused", "invalid_transaction_data");
  return { nonce, query, notice: readNotice(payload["verifier_info"]) };
}

/** What is asked in formats that the asker reads, in algorithms that are spoken here: no answer is given in another. */
function readable({ formats: asked, credentials, sets }: Query, formats: Members): Query {
  const agrees = (format: CardFormat) => {
    const entry = formats[format];
    const isEntry = typeof entry === "object" && entry !== null;
    return isEntry && Object.entries(ALGORITHMS[format]).every(([name, spoken]) => overlap((entry as Members)[name], spoken));
  };
  const read = asked.filter(agrees);
  if (read.length === 0) throw new RequestRefused("request_unsupported", "vp_formats_not_supported");
  return { formats: read, credentials: credentials.filter(({ format }) => read.includes(format)), sets };
}

/** A list that is not there rules nothing out. */
function overlap(listed: unknown, spoken: readonly unknown[]): boolean {
  return listed === undefined || (Array.isArray(listed) && spoken.some((one) => listed.includes(one)));
}

/**
 * The asker's key, to which the answer is encrypted, and which an mdoc's proof names: on P-256, for ECDH-ES, and with a name.
 *
 * @throws {RequestRefused} where there is none, or no encryption in common.
 */
export function recipientOf(payload: Members): Recipient {
  const metadata = members(payload["client_metadata"]);
  const { keys } = members(metadata["jwks"]);
  const isUsable = ({ kty, crv, alg, use, kid }: Members) => kty === "EC" && crv === "P-256" && alg === AGREEMENT && (use === undefined || use === "enc") && typeof kid === "string";
  const key = Array.isArray(keys) ? keys.map(members).find(isUsable) : undefined;
  if (!key || !overlap(metadata["encrypted_response_enc_values_supported"], ENCRYPTIONS)) throw new RequestRefused();
  return key as unknown as Recipient;
}

/** 22 letters of base64url spell 128 bits. */
function isUnguessable(nonce: unknown): nonce is string {
  return typeof nonce === "string" && /^[\w.~-]{22,512}$/.test(nonce) && new Set(nonce).size >= 6;
}

function members(value: unknown): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new RequestRefused();
  return value as Members;
}

function readNotice(info: unknown): Notice | undefined {
  if (!Array.isArray(info)) return undefined;
  const entry = info.find((one: { format?: unknown } | null) => one?.format === NOTICE_FORMAT) as { data?: unknown } | undefined;
  const data = entry?.data as Partial<Notice> | undefined;
  const isText = (texts: Texts | undefined): texts is Texts => [texts?.en, texts?.ja, texts?.["zh-Hans"]].every((text) => typeof text === "string");
  if (!data || typeof data.scene !== "string" || !isText(data.title) || !isText(data.purpose) || typeof data.retention_days !== "number") return undefined;
  const presence = data.presence === "password" || data.presence === "face" ? data.presence : "none";
  return { scene: data.scene, title: data.title, purpose: data.purpose, retention_days: data.retention_days, presence };
}
