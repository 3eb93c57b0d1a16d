import { Openid4vpClient, type Openid4vpAuthorizationRequest } from "@openid4vc/openid4vp";
import type { Texts } from "@mibun/ui";
import { token } from "./bytes";
import type { Certificate } from "./certificate";
import { PURPOSE } from "./chain";
import { because, WalletError, type Fault } from "./fault";
import { verifySigned } from "./jws";
import { readQuery, type Query } from "./query";
import { encryptJwe, fetchHere, hash } from "./setup";
import { matchingWords, type MatchingWords } from "./words";

/** What the check is for, in the asker's own words, signed with the request. */
export interface Notice {
  scene: string;
  title: Texts;
  purpose: Texts;
  retention_days: number;
  /** The proof of presence that the scene demands. */
  presence: "none" | "face" | "password";
}

/** A request that may be shown: its asker is known, and its object is what the link promised. */
export interface VerifiedRequest {
  /** As it was signed. */
  object: string;
  /** Seconds since the epoch. */
  expiresAt: number | undefined;
  payload: Openid4vpAuthorizationRequest;
  /** The audience of the key binding. */
  clientId: string;
  /** From the access certificate; the asker cannot choose it. */
  organisation: string;
  nonce: string;
  query: Query;
  notice: Notice | undefined;
  words: MatchingWords;
}

const NOTICE_FORMAT = "urn:mibun:scene:1";
const METADATA = {
  vp_formats_supported: {
    "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] },
    // ES256 by its number in COSE.
    mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
  },
  client_id_prefixes_supported: ["x509_hash"],
  request_object_signing_alg_values_supported: ["ES256"],
};

/** Under which nonce a request was fetched before, and what was fetched, if anything was. */
export interface Earlier {
  nonce: string;
  object?: string | undefined;
}

/** Follows a request link, or goes on with what it led to `earlier`, and makes sure of who asks. @throws {WalletError} */
export async function resolveRequest(link: string, origin: string, anchors: readonly Certificate[], now: Date, earlier: Earlier = { nonce: token(16) }): Promise<VerifiedRequest> {
  const parameters = new URL(link).searchParams;
  mustBeOurs(parameters, origin);
  const { nonce } = earlier;
  const fetching = new RequestFetch(earlier);
  let signer: Certificate | undefined;
  const client = new Openid4vpClient({
    callbacks: {
      hash,
      encryptJwe,
      fetch: fetching.fetch,
      signJwt: refuse,
      decryptJwe: () => ({ decrypted: false }),
      getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }),
      async verifyJwt(claimed, { compact }) {
        if (claimed.method !== "x5c") return { verified: false };
        ({ signer } = await verifySigned(compact, "oauth-authz-req+jwt", { anchors, purpose: PURPOSE.accessCertificate, now }));
        return { verified: true, signerJwk: { kty: "EC" } };
      },
    },
  });
  try {
    const isPost = parameters.get("request_uri_method") === "post";
    const wallet = isPost ? { nonce, expectedNonce: nonce, metadata: METADATA as never } : {};
    const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: Object.fromEntries(parameters) as never, wallet });
    if (resolved.client.prefix !== "x509_hash" || !signer?.holder) throw new WalletError("request_not_genuine");
    const payload = resolved.authorizationRequestPayload as Openid4vpAuthorizationRequest;
    mustBeAnswerable(payload, origin);
    return {
      object: fetching.object,
      expiresAt: typeof payload["exp"] === "number" ? payload["exp"] : undefined,
      payload,
      clientId: resolved.client.effective,
      organisation: signer.holder,
      nonce: payload.nonce,
      query: readQuery(payload.dcql_query, anchors),
      notice: readNotice(payload["verifier_info"]),
      words: await matchingWords(payload.nonce, isPost ? nonce : ""),
    };
  } catch (error) {
    throw fetching.failure ?? because("request_not_genuine", error);
  }
}

/** The request must lie on this service: the page may talk to no other. */
function mustBeOurs(parameters: URLSearchParams, origin: string): void {
  const reference = parameters.get("request_uri") ?? "";
  if (!URL.canParse(reference)) throw new WalletError("unknown_code");
  if (new URL(reference).origin !== origin) throw new WalletError("other_service");
  if (!parameters.get("client_id")?.startsWith("x509_hash:")) throw new WalletError("request_unsupported");
}

function mustBeAnswerable(payload: Openid4vpAuthorizationRequest, origin: string): void {
  const mode = payload.response_mode;
  const supported = payload.response_type === "vp_token" && (mode === "direct_post" || mode === "direct_post.jwt") && payload.transaction_data === undefined;
  if (!supported) throw new WalletError("request_unsupported");
  const { response_uri: uri } = payload;
  if (!uri || !URL.canParse(uri) || new URL(uri).origin !== origin || payload["redirect_uri"] !== undefined) throw new WalletError("request_not_genuine");
}

/**
 * Fetches the request object. Where it is fetched by POST, the body is written here, because the library sends the
 * wallet's metadata as loose fields and leaves the wallet's nonce out. It also hides why a fetch failed, so that is
 * kept here.
 */
class RequestFetch {
  failure: WalletError | undefined;
  object = "";

  constructor(private readonly earlier: Earlier) {}

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    try {
      return await this.#fetch(input, init);
    } catch (error) {
      this.failure = because("offline", error);
      throw error;
    }
  };

  async #fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const { nonce, object } = this.earlier;
    this.object = object ?? (await this.#send(input, init, nonce));
    return new Response(this.object, { headers: { "content-type": "application/oauth-authz-req+jwt" } });
  }

  async #send(input: RequestInfo | URL, init: RequestInit | undefined, nonce: string): Promise<string> {
    const isPost = init?.method?.toLowerCase() === "post";
    const body = isPost ? new URLSearchParams({ wallet_metadata: JSON.stringify(METADATA), wallet_nonce: nonce }) : null;
    const response = await fetchHere(input, { ...init, method: isPost ? "POST" : "GET", body });
    if (!response.ok) throw new WalletError(await faultOf(response));
    return response.text();
  }
}

async function faultOf(response: Response): Promise<Fault> {
  if (response.status >= 500 || response.status === 429) return "busy";
  const body: unknown = await response.json().catch(() => undefined);
  const reason = (body as { error_description?: unknown } | undefined)?.error_description;
  return typeof reason === "string" && reason.includes("another wallet") ? "request_taken" : "request_expired";
}

function readNotice(info: unknown): Notice | undefined {
  if (!Array.isArray(info)) return undefined;
  const entry = info.find((one: { format?: unknown }) => one.format === NOTICE_FORMAT) as { data?: unknown } | undefined;
  const data = entry?.data as Partial<Notice> | undefined;
  const isText = (texts: Texts | undefined): texts is Texts => [texts?.en, texts?.ja, texts?.["zh-Hans"]].every((text) => typeof text === "string");
  if (!data || typeof data.scene !== "string" || !isText(data.title) || !isText(data.purpose) || typeof data.retention_days !== "number") return undefined;
  const presence = data.presence === "password" || data.presence === "face" ? data.presence : "none";
  return { scene: data.scene, title: data.title, purpose: data.purpose, retention_days: data.retention_days, presence };
}

function refuse(): never {
  throw new TypeError("nothing is signed while a request is read");
}
