import { Openid4vpClient } from "@openid4vc/openid4vp";
import { calculateJwkThumbprint } from "jose";
import { isKept, type Copy, type MdocCopy, type SdJwtCopy } from "../store/database";
import { AGREEMENT, ENCRYPTIONS } from "./algorithms";
import { fromBase64url, token } from "./bytes";
import { disclose, present } from "./card";
import { recipientOf, type Recipient } from "./content";
import { because, WalletError, type Asker, type Fault, type Refusal } from "./fault";
import type { Signer } from "./holder";
import { signBytes } from "./jws";
import type { ElementPath } from "./mdoc/elements";
import type { MdocSession } from "./mdoc/present";
import type { CardQuery, Wanted } from "./query";
import type { VerifiedRequest } from "./request";
import { encryptJwe, fetchHere, hash } from "./setup";

/** Where the browser should go next, if the asker wants it back. */
export interface Acknowledged {
  redirect: string | undefined;
}

/** An answer, ready to be posted: as often as it takes, the same each time. */
export interface ReadyAnswer {
  uri: string;
  form: string;
  /** Whether only the asker can read it. */
  isSealed: boolean;
}

const client = new Openid4vpClient({
  callbacks: {
    hash,
    encryptJwe,
    fetch: fetchHere,
    signJwt: () => {
      throw new TypeError("answers are encrypted, not signed");
    },
    decryptJwe: () => ({ decrypted: false }),
    verifyJwt: () => ({ verified: false }),
  },
});

/** How a copy is shown. */
export interface Showing<C = Copy> {
  copy: C;
  /** The part of the request that is answered. */
  query: CardQuery;
  /** What is shown. */
  items: readonly Wanted[];
  /** Signs for copies whose keys the authority keeps. */
  signer?: Signer | undefined;
}

/**
 * Makes an answer that shows some items of each copy, in this order; nothing is sent to the asker.
 *
 * @throws {WalletError}
 */
export async function makeAnswer(request: VerifiedRequest, showings: readonly Showing[], now: Date): Promise<ReadyAnswer> {
  const isSealed = request.payload.response_mode === "direct_post.jwt";
  const jwk = isSealed ? recipientOf(request.payload) : undefined;
  const shown: [string, string[]][] = [];
  for (const { copy, ...showing } of showings) {
    const presentation = await ("mdoc" in copy ? showMdoc(request, { copy, ...showing }, { now, jwk }) : showSdJwt(request, { copy, ...showing }, now));
    shown.push([showing.query.id, [presentation]]);
  }
  const serverMetadata = {
    authorization_signing_alg_values_supported: [],
    authorization_encryption_alg_values_supported: [AGREEMENT],
    authorization_encryption_enc_values_supported: [...ENCRYPTIONS],
  };
  try {
    const { jarm, authorizationResponsePayload } = await client.createOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: request.payload,
      authorizationResponsePayload: { vp_token: Object.fromEntries(shown) as Record<string, [string]> },
      ...(jwk && { jarm: { encryption: { jwk, nonce: token(16) }, serverMetadata } }),
    });
    if (isSealed && !jarm) throw new TypeError("the answer was not encrypted");
    return ready(request, jarm ? { response: jarm.responseJwt } : authorizationResponsePayload, isSealed);
  } catch (error) {
    throw because("request_unsupported", error);
  }
}

async function showMdoc(request: VerifiedRequest, { copy, items, signer }: Showing<Copy & MdocCopy>, { now, jwk }: { now: Date; jwk: Recipient | undefined }): Promise<string> {
  const { presentMdoc } = await import("./mdoc/present");
  const { key } = copy;
  const session: MdocSession = {
    clientId: request.clientId,
    nonce: request.nonce,
    responseUri: request.payload.response_uri ?? "",
    keyThumbprint: jwk && fromBase64url(await calculateJwkThumbprint(jwk as never)),
  };
  const paths = items.map(({ path }) => path as unknown as ElementPath);
  if (isKept(key)) {
    if (!signer) throw new WalletError("no_account");
    return presentMdoc(copy.mdoc, { paths, session, methods: signer.methods, sign: (bytes) => signer.signDevice(key, session, bytes, now) });
  }
  return presentMdoc(copy.mdoc, { paths, session, sign: (bytes) => signBytes(bytes, key) });
}

async function showSdJwt(request: VerifiedRequest, { copy: { sdJwt, key }, items, signer }: Showing<Copy & SdJwtCopy>, now: Date): Promise<string> {
  const paths = items.map(({ path }) => path);
  if (!isKept(key)) return present(sdJwt, { paths, audience: request.clientId, nonce: request.nonce, key, now });
  if (!signer) throw new WalletError("no_account");
  const { shown, hash: sd_hash } = await disclose(sdJwt, paths);
  const { clientId: client_id, nonce, payload } = request;
  return shown + (await signer.bind(key, { purpose: "key_binding", client_id, nonce, response_uri: payload.response_uri ?? null, sd_hash }, now));
}

/** The answer of a holder who does not want to. */
export function makeRefusal(request: VerifiedRequest): ReadyAnswer {
  return ready(request, { error: "access_denied", state: request.payload.state }, false);
}

/** Tells an asker why its request is refused; answers whether it has heard. Nobody waits for long, and nothing is tried again. */
export async function tell({ responseUri, state }: Asker, error: Refusal): Promise<boolean> {
  const response = await fetchHere(responseUri, { method: "POST", body: formOf({ error, state }) }).catch(() => undefined);
  return response?.ok ?? false;
}

function ready({ payload }: VerifiedRequest, members: object, isSealed: boolean): ReadyAnswer {
  return { uri: payload.response_uri ?? "", form: formOf(members).toString(), isSealed };
}

function formOf(members: object): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined && value !== null) form.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return form;
}

/**
 * Posts an answer. One that is sent `again`, because no reply came, may have arrived the first time.
 *
 * @throws {WalletError} `offline` or `busy` where nobody has judged it; everything else is the asker's word.
 */
export async function send(answer: ReadyAnswer, { again = false } = {}): Promise<Acknowledged> {
  const response = await fetchHere(answer.uri, { method: "POST", body: new URLSearchParams(answer.form) });
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    if (again && hasArrived(body)) return { redirect: undefined };
    throw new WalletError(response.status >= 500 || response.status === 429 ? "busy" : faultOf(body));
  }
  const redirect = (body as { redirect_uri?: unknown }).redirect_uri;
  if (typeof redirect !== "string" || !URL.canParse(redirect)) return { redirect: undefined };
  // Only pages: a script address would run with the wallet's rights.
  return { redirect: /^https?:$/.test(new URL(redirect).protocol) ? redirect : undefined };
}

function hasArrived(body: unknown): boolean {
  const { error_description: reason } = body as { error_description?: unknown };
  return typeof reason === "string" && /has been answered|check is over/.test(reason);
}

/** The reasons a person can do something about; for the others the counter's screen has the words. */
const REFUSALS: Record<string, Fault> = { level_too_low: "level_too_low", revoked: "card_revoked", suspended: "card_suspended", expired: "card_expired" };

function faultOf(body: unknown): Fault {
  const { error, error_description: reason } = body as { error?: unknown; error_description?: unknown };
  return (error === "invalid_presentation" && typeof reason === "string" && REFUSALS[reason]) || "answer_refused";
}
