import { createHash, type X509Certificate } from "node:crypto";
import { calculateX509HashClientIdPrefixValue, Openid4vpVerifier, type Openid4vpAuthorizationRequest } from "@openid4vc/openid4vp";
import { DcqlPresentationResult, DcqlQuery, type DcqlCredentialPresentation } from "dcql";
import type { Certified } from "./authority";
import { verifyShown } from "./card";
import { generateEncryptionKey, type EncryptionKey } from "./keys";
import { verifyShownMdoc } from "./mdoc";
import { form, Serving, type Incoming } from "./serve";
import { random } from "./their-authorization";
import { serverCallbacks } from "./their-callbacks";

const TO_ANY_WALLET = "https://self-issued.me/v2";
const FORMATS = { "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] }, mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] } };

/** How something is asked. */
export interface Asking {
  query: DcqlQuery.Input;
  /** Fetched by GET unless said otherwise. */
  method?: "get" | "post";
  mode?: "direct_post" | "direct_post.jwt";
  /** Who signs; the asker itself unless said otherwise. */
  signer?: Certified;
  /** In whose name; that of who signs unless said otherwise. */
  name?: Certified;
  /** For whom; with `null` whatever the library writes by itself. */
  audience?: string | null;
  /** Seconds until the request ends. */
  lifetime?: number;
  /** Whether the nonce that a wallet sends along is left out. */
  forgetful?: boolean;
  /** Changes the content. */
  change?: (payload: Record<string, unknown>) => void;
}

/** What became of it. */
export interface Outcome {
  /** What each card says, by the query it answers. */
  shown?: Record<string, DcqlCredentialPresentation>;
  encrypted?: boolean;
  /** The code with which the wallet declined. */
  declined?: string;
  /** Why the answer is refused. */
  refused?: string;
}

interface Exchange {
  asking: Asking;
  payload: Openid4vpAuthorizationRequest;
  key: EncryptionKey;
  outcome?: Outcome;
}

/** An organisation that asks by @openid4vc/openid4vp, and looks at answers with dcql, @sd-jwt/sd-jwt-vc and @owf/mdoc. */
export class TheirVerifier {
  readonly #exchanges = new Map<string, Exchange>();

  private constructor(
    readonly serving: Serving,
    private readonly asker: Certified,
    private readonly root: X509Certificate,
  ) {
    serving.desks = { "/request": (request) => this.#request(request), "/answer": (request) => this.#answer(request) };
  }

  /** Opens, believing cards whose signers lead to `root`. */
  static async open(asker: Certified, root: X509Certificate): Promise<TheirVerifier> {
    return new TheirVerifier(await Serving.open(), asker, root);
  }

  /** Asks; answers the link for the wallet, and how to see what became of it. */
  async ask(asking: Asking): Promise<{ link: string; outcome: () => Outcome | undefined }> {
    const id = random();
    const key = await generateEncryptionKey("answers");
    const payload = await this.#payload(asking, key, id);
    const exchange: Exchange = { asking, payload, key };
    this.#exchanges.set(id, exchange);
    const { authorizationRequest } = await this.#signed(exchange, id);
    return { link: authorizationRequest + (asking.method === "post" ? "&request_uri_method=post" : ""), outcome: () => exchange.outcome };
  }

  async #payload({ query, name, signer, mode = "direct_post.jwt", change }: Asking, key: EncryptionKey, id: string): Promise<Openid4vpAuthorizationRequest> {
    const parsed = DcqlQuery.parse(query);
    DcqlQuery.validate(parsed);
    const { x5c } = name ?? signer ?? this.asker;
    const hash = await calculateX509HashClientIdPrefixValue({ x509Certificate: x5c[0], hash: (data) => createHash("sha256").update(data).digest() });
    const payload = {
      response_type: "vp_token" as const,
      client_id: `x509_hash:${hash}`,
      response_mode: mode,
      response_uri: `${this.serving.origin}/answer?id=${id}`,
      nonce: random() + random(),
      state: random(),
      dcql_query: parsed,
      client_metadata: { vp_formats_supported: FORMATS, jwks: { keys: [key.jwk] }, encrypted_response_enc_values_supported: ["A256GCM"] },
    };
    change?.(payload);
    return payload as unknown as Openid4vpAuthorizationRequest;
  }

  #signed({ asking, payload }: Exchange, id: string, walletNonce?: string) {
    const { signer = this.asker, audience = TO_ANY_WALLET, lifetime = 120 } = asking;
    const jwtSigner = { method: "x5c" as const, alg: "ES256", x5c: [...signer.x5c] };
    const jar = { jwtSigner, requestUri: `${this.serving.origin}/request?id=${id}`, expiresInSeconds: lifetime, ...(audience !== null && { additionalJwtPayload: { aud: audience } }) };
    const wallet = walletNonce ? { expectedNonce: walletNonce, nonce: walletNonce } : undefined;
    const authorizationRequestPayload = { ...payload, ...(walletNonce && { wallet_nonce: walletNonce }) };
    return new Openid4vpVerifier({ callbacks: serverCallbacks({ keys: [signer] }) }).createOpenId4vpAuthorizationRequest({ authorizationRequestPayload, jar, ...(wallet && { wallet }) });
  }

  async #request(request: Incoming): Promise<Response> {
    const { id, exchange } = this.#exchange(request);
    const walletNonce = request.method === "POST" && !exchange.asking.forgetful ? (await form(request))["wallet_nonce"] : undefined;
    const { jar } = await this.#signed(exchange, id, walletNonce);
    return new Response(jar?.authorizationRequestJwt ?? "", { headers: { "content-type": "application/oauth-authz-req+jwt" } });
  }

  async #answer(request: Incoming): Promise<Response> {
    const { exchange } = this.#exchange(request);
    const answer = await form(request);
    if (answer["error"]) {
      exchange.outcome = { declined: answer["error"] };
      return Response.json({});
    }
    try {
      exchange.outcome = await this.#read(exchange, answer);
      return Response.json({});
    } catch (error) {
      exchange.outcome = { refused: (error as Error).message };
      return Response.json({ error: "invalid_presentation" }, { status: 400 });
    }
  }

  async #read({ payload, key }: Exchange, answer: Record<string, string>): Promise<Outcome> {
    const callbacks = serverCallbacks({ keys: [], decryption: key });
    const parsed = await new Openid4vpVerifier({ callbacks }).parseOpenid4vpAuthorizationResponse({ authorizationResponse: answer, authorizationRequestPayload: payload, callbacks });
    if (parsed.type !== "dcql") throw new Error("a query is answered");
    const query = DcqlQuery.parse(payload.dcql_query as DcqlQuery.Input);
    const shown: Record<string, DcqlCredentialPresentation> = {};
    for (const [id, presentations] of Object.entries(parsed.dcql.presentations)) {
      const [presentation, ...others] = presentations as string[];
      if (!presentation || others.length > 0) throw new Error("one card answers one query");
      const isMdoc = query.credentials.find((credential) => credential.id === id)?.format === "mso_mdoc";
      shown[id] = isMdoc ? await this.#mdoc(presentation, payload, key) : await this.#sdJwt(presentation, payload);
    }
    const result = DcqlPresentationResult.fromDcqlPresentation(shown, { dcqlQuery: query });
    if (!result.can_be_satisfied) throw new Error("the cards do not answer the query");
    return { shown, encrypted: parsed.jarm !== undefined };
  }

  async #sdJwt(presentation: string, { client_id: audience, nonce }: Openid4vpAuthorizationRequest): Promise<DcqlCredentialPresentation> {
    const claims = await verifyShown(presentation, this.root, { audience: String(audience), nonce });
    return { credential_format: "dc+sd-jwt", vct: claims["vct"] as string, claims: claims as never, cryptographic_holder_binding: true };
  }

  async #mdoc(presentation: string, payload: Openid4vpAuthorizationRequest, key: EncryptionKey): Promise<DcqlCredentialPresentation> {
    const recipient = payload.response_mode === "direct_post.jwt" ? key.jwk : undefined;
    const session = { clientId: String(payload.client_id), nonce: payload.nonce, responseUri: String(payload.response_uri), recipient };
    const { doctype, namespaces } = await verifyShownMdoc(presentation, this.root, session);
    return { credential_format: "mso_mdoc", doctype, namespaces: namespaces as never, cryptographic_holder_binding: true };
  }

  #exchange(request: Request): { id: string; exchange: Exchange } {
    const id = new URL(request.url).searchParams.get("id") ?? "";
    const exchange = this.#exchanges.get(id);
    if (!exchange) throw new Error("no such request");
    return { id, exchange };
  }

  close(): Promise<void> {
    return this.serving.close();
  }
}
