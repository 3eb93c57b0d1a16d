import { randomBytes, type X509Certificate } from "node:crypto";
import { Openid4vpClient, type Openid4vpAuthorizationRequest } from "@openid4vc/openid4vp";
import { DcqlQuery, type DcqlCredential } from "dcql";
import { callbacks } from "./callbacks";
import { claimsOf, hideable, type Frame } from "./card";
import type { Copy } from "./collect";

/** A request that the library found to be genuine. */
export interface Request {
  client: Openid4vpClient;
  payload: Openid4vpAuthorizationRequest;
  /** The asker's identifier with its prefix, which is the audience of the key binding. */
  audience: string;
  query: DcqlQuery.Output;
}

const METADATA = {
  vp_formats_supported: {
    "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] },
    mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
  },
  client_id_prefixes_supported: ["x509_hash"],
  request_object_signing_alg_values_supported: ["ES256"],
};

const ENCRYPTION = {
  authorization_signing_alg_values_supported: [],
  authorization_encryption_alg_values_supported: ["ECDH-ES"],
  authorization_encryption_enc_values_supported: ["A256GCM", "A128GCM"],
};

/** Follows a link, fetching the request by GET or by POST, and verifies its signature and its asker. */
export async function follow(link: string, root: X509Certificate, method: "get" | "post"): Promise<Request> {
  const { request_uri_method: _, ...rest } = Object.fromEntries(new URL(link).searchParams);
  const parameters: Record<string, string> = { ...rest, ...(method === "post" && { request_uri_method: "post" }) };
  const nonce = randomBytes(16).toString("base64url");
  const base = callbacks({ root });
  // The library posts its metadata as loose fields and leaves the wallet's nonce out; the body is as OpenID4VP 1.0
  // section 5.10 has it.
  const fetching: typeof fetch = (input, init) => {
    const isRequest = init?.method?.toLowerCase() === "post" && input === parameters["request_uri"];
    const body = isRequest ? new URLSearchParams({ wallet_metadata: JSON.stringify(METADATA), wallet_nonce: nonce }) : undefined;
    return (base.fetch ?? fetch)(input as string, { ...init, ...(body && { body }) } as never) as Promise<Response>;
  };
  const client = new Openid4vpClient({ callbacks: { ...base, fetch: fetching as never } });
  const wallet = method === "post" ? { nonce, expectedNonce: nonce, metadata: METADATA as never } : {};
  client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link });
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parameters as never, wallet });
  if (resolved.client.prefix !== "x509_hash") throw new Error("the asker is named by its certificate");
  const query = DcqlQuery.parse(resolved.dcql?.query as DcqlQuery.Input);
  DcqlQuery.validate(query);
  return { client, payload: resolved.authorizationRequestPayload as Openid4vpAuthorizationRequest, audience: resolved.client.effective, query };
}

/** Verifies the signed request that a page at `origin` hands to its browser. */
export async function called(data: Record<string, unknown>, root: X509Certificate, origin: string): Promise<Request> {
  const client = new Openid4vpClient({ callbacks: callbacks({ root }) });
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: data as never, origin });
  if (resolved.client.prefix !== "x509_hash") throw new Error("the asker is named by its certificate");
  const query = DcqlQuery.parse(resolved.dcql?.query as DcqlQuery.Input);
  DcqlQuery.validate(query);
  // The library names the asker as in the redirect flow; over the browser the answer is to the page (appendix A.4).
  return { client, payload: resolved.authorizationRequestPayload as Openid4vpAuthorizationRequest, audience: `origin:${origin}`, query };
}

/** The data that answer a page, encrypted as the request says. */
export async function answerOf({ client, payload }: Request, id: string, presentation: string): Promise<Record<string, unknown>> {
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload,
    authorizationResponsePayload: { vp_token: { [id]: [presentation] } },
    jarm: { encryption: { nonce: randomBytes(16).toString("base64url") }, serverMetadata: ENCRYPTION },
  });
  return { response: made.jarm?.responseJwt };
}

/** What the query asks of this card, found by the independent query engine. */
export async function select({ query }: Request, { sdJwt }: Copy): Promise<{ id: string; frame: Frame; claims: Record<string, unknown> }> {
  const claims = await claimsOf(sdJwt);
  const credential = { credential_format: "dc+sd-jwt", vct: claims["vct"] as string, claims: claims as never, cryptographic_holder_binding: true } satisfies DcqlCredential;
  const result = DcqlQuery.query(query, [credential]);
  const id = query.credentials[0].id;
  const match = result.credential_matches[id];
  if (!result.can_be_satisfied || !match?.success) throw new Error(`the card does not satisfy the query: ${JSON.stringify(match)}`);
  const disclosed = match.valid_credentials[0].claims.valid_claim_sets[0].output as Record<string, unknown>;
  const asked = (match.valid_credentials[0].claims.valid_claim_sets[0].valid_claim_indexes ?? []).map((at) => query.credentials[0].claims?.[at]);
  const paths = asked.map((claim) => (claim && "path" in claim ? claim.path.join(".") : ""));
  const keys = await hideable(sdJwt);
  return { id, frame: frameOf(keys.filter((key) => paths.some((path) => key === path || key.startsWith(`${path}.`) || path.startsWith(`${key}.`)))), claims: disclosed };
}

/**
 * What is asked for is shown whole, with what it stands in and what stands in it. Elements go by the places that they
 * have among the decoys, which is how the library counts.
 */
function frameOf(keys: readonly string[]): Frame {
  const frame: Frame = {};
  for (const key of keys.toSorted()) {
    const names = key.split(".");
    const last = names.pop() ?? "";
    const inner = names.reduce<Frame>((at, name) => {
      const next = at[name];
      return typeof next === "object" ? next : (at[name] = {});
    }, frame);
    inner[last] = true;
  }
  return frame;
}

/** How the asker answered. */
export interface Answered {
  status: number;
  body: { error?: string; error_description?: string; redirect_uri?: string };
}

/** Sends a presentation, encrypted where the request says so. */
export async function send({ client, payload }: Request, id: string, presentation: string): Promise<Answered> {
  const isEncrypted = payload.response_mode === "direct_post.jwt";
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload,
    authorizationResponsePayload: { vp_token: { [id]: [presentation] } },
    ...(isEncrypted && { jarm: { encryption: { nonce: randomBytes(16).toString("base64url") }, serverMetadata: ENCRYPTION } }),
  });
  const { response } = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload,
    authorizationResponsePayload: made.authorizationResponsePayload,
    ...(made.jarm && { jarm: { responseJwt: made.jarm.responseJwt } }),
  });
  return { status: response.status, body: (await response.json()) as Answered["body"] };
}
