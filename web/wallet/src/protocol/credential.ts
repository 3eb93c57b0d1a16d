import { resourceRequest } from "@openid4vc/oauth2";
import { only, type Access } from "./access";
import { textWithin } from "./bounded";
import { Envelope } from "./envelope";
import { because, WalletError } from "./fault";
import { callbacks, type Issuer } from "./issuer";
import { tell } from "./notice";

/** What an issuer answers who is asked for copies. */
export type Answer = Issued | Pending;

export interface Issued {
  /** As they came: nothing of them is checked yet. */
  texts: readonly unknown[];
  /** By which the issuer is told what has become of them. */
  notification?: string | undefined;
}

/** That somebody has to decide first (OpenID4VCI 1.0 section 9). */
export interface Pending {
  /** What the issuer calls the request when it is asked again. */
  transaction: string;
  /** Seconds before it wants to be. */
  interval: number;
}

/** The issuer's own word for why it gives nothing, if it said one. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(readonly code: string | undefined) {
    super(`refused: ${code ?? "without a word"}`);
  }
}

type Endpoint = "credential_endpoint" | "deferred_credential_endpoint";

/** Nobody has to wait for longer than a day, and no issuer is asked more often than this. */
const [SHORTEST_S, LONGEST_S] = [5, 86_400];
const LONGEST_NAME = 2048;
/** Bytes of an answer: twenty copies with portraits. */
const LONGEST = 12 * 1024 * 1024;

export function isIssued(answer: Answer): answer is Issued {
  return "texts" in answer;
}

/**
 * Asks the issuer for copies, or once more for those that were not ready; both ways encrypted where it offers that.
 *
 * @throws {WalletError} `offer_refused` with a {@link Refusal} behind it where the issuer has refused; `card_not_sealed` where
 *   its answer is not encrypted as it was asked for.
 */
export async function askIssuer(issuer: Issuer, access: Access, endpoint: Endpoint, content: object): Promise<Answer> {
  const url = issuer.metadata.credentialIssuer[endpoint];
  const envelope = new Envelope(issuer.sealing);
  try {
    if (!url) throw new Refusal(undefined);
    const requestOptions = { method: "POST", headers: { "content-type": envelope.contentType }, body: await envelope.seal(content) };
    const { ok, response, ...more } = await resourceRequest({ url, dpop: access.dpop, accessToken: access.token, callbacks: callbacks(only(access.key)), requestOptions });
    if (!ok) throw new Refusal(await codeOf(response, "wwwAuthenticate" in more ? more.wwwAuthenticate : undefined));
    const { value, isAsAsked } = await envelope.open(await textWithin(LONGEST, response));
    if (isAsAsked) return readAnswer(value);
    await tell(issuer, access, [notificationIn(value)], "credential_failure").catch(() => undefined);
    throw new WalletError("card_not_sealed");
  } catch (error) {
    throw because("offer_refused", error);
  }
}

/** The code with which the issuer, or its authorization server, has refused; wherever it stands behind `error`. */
export function refusalIn(error: unknown): string | undefined {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 8; inner = inner.cause, depth++) {
    if (inner instanceof Refusal) return inner.code;
    const { errorResponse } = inner as { errorResponse?: { error?: unknown } };
    if (typeof errorResponse?.error === "string") return errorResponse.error;
  }
  return undefined;
}

function readAnswer(value: unknown): Answer {
  const { credentials, transaction_id: transaction, interval } = Object(value) as Record<string, unknown>;
  if ((credentials === undefined) === (transaction === undefined)) throw new WalletError("offer_refused");
  if (credentials === undefined) return pending(transaction, interval);
  const texts = (Array.isArray(credentials) ? credentials : []).map((entry: unknown) => (Object(entry) as { credential?: unknown }).credential);
  const notification = notificationIn(value);
  return { texts, ...(notification !== undefined && { notification }) };
}

function notificationIn(value: unknown): string | undefined {
  const { notification_id: name } = Object(value) as { notification_id?: unknown };
  return typeof name === "string" ? name : undefined;
}

function pending(transaction: unknown, interval: unknown): Pending {
  const isNamed = typeof transaction === "string" && transaction.length > 0 && transaction.length <= LONGEST_NAME;
  if (!isNamed || typeof interval !== "number" || !(interval > 0)) throw new WalletError("offer_refused");
  return { transaction, interval: Math.min(Math.max(interval, SHORTEST_S), LONGEST_S) };
}

async function codeOf(response: Response, challenges: readonly { error?: string }[] | undefined): Promise<string | undefined> {
  const said = challenges?.find(({ error }) => error !== undefined)?.error;
  if (said) return said;
  const body = (await response.json().catch(() => undefined)) as { error?: unknown } | undefined;
  return typeof body?.error === "string" ? body.error : undefined;
}
