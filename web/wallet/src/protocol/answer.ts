import { Openid4vpClient } from "@openid4vc/openid4vp";
import type { Copy } from "../store/database";
import { present, type ClaimPath } from "./card";
import { because, WalletError, type Fault } from "./fault";
import type { VerifiedRequest } from "./request";
import { encryptJwe, fetchHere, hash } from "./setup";
import { token } from "./bytes";

/** Where the browser should go next, if the asker wants it back. */
export interface Acknowledged {
  redirect: string | undefined;
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

/** Shows the items at `paths` of one copy to the asker. @throws {WalletError} */
export async function answer(request: VerifiedRequest, copy: Copy, paths: readonly ClaimPath[], now: Date): Promise<Acknowledged> {
  const presentation = await present(copy.sdJwt, { paths, audience: request.clientId, nonce: request.nonce, key: copy.key, now });
  const isEncrypted = request.payload.response_mode === "direct_post.jwt";
  const serverMetadata = {
    authorization_signing_alg_values_supported: [],
    authorization_encryption_alg_values_supported: ["ECDH-ES"],
    authorization_encryption_enc_values_supported: ["A256GCM", "A128GCM"],
  };
  try {
    const made = await client.createOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: request.payload,
      authorizationResponsePayload: { vp_token: { [request.query.id]: [presentation] } },
      ...(isEncrypted && { jarm: { encryption: { nonce: token(16) }, serverMetadata } }),
    });
    const { response } = await client.submitOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: request.payload,
      authorizationResponsePayload: made.authorizationResponsePayload,
      ...(made.jarm && { jarm: { responseJwt: made.jarm.responseJwt } }),
    });
    return await acknowledged(response);
  } catch (error) {
    throw because("answer_refused", error);
  }
}

/** Tells the asker that the holder does not want to. */
export async function decline(request: VerifiedRequest): Promise<Acknowledged> {
  const form = new URLSearchParams({ error: "access_denied" });
  if (request.payload.state) form.set("state", request.payload.state);
  try {
    return await acknowledged(await fetchHere(request.payload.response_uri ?? "", { method: "POST", body: form }));
  } catch (error) {
    throw because("offline", error);
  }
}

async function acknowledged(response: Response): Promise<Acknowledged> {
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new WalletError(faultOf(body));
  const redirect = (body as { redirect_uri?: unknown }).redirect_uri;
  if (typeof redirect !== "string" || !URL.canParse(redirect)) return { redirect: undefined };
  // Only pages: a script address would run with the wallet's rights.
  return { redirect: /^https?:$/.test(new URL(redirect).protocol) ? redirect : undefined };
}

/** The reasons a person can do something about; for the others the counter's screen has the words. */
const REFUSALS: Record<string, Fault> = { level_too_low: "level_too_low", revoked: "card_revoked", suspended: "card_suspended", expired: "card_expired" };

function faultOf(body: unknown): Fault {
  const { error, error_description: reason } = body as { error?: unknown; error_description?: unknown };
  return (error === "invalid_presentation" && typeof reason === "string" && REFUSALS[reason]) || "answer_refused";
}
