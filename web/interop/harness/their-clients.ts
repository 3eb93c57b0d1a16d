import { decodeJwt, decodeJwtHeader, jwtSignerFromJwt, Oauth2Error, Oauth2ServerErrorResponseError, verifyClientAttestationJwt, verifyJwt, type CallbackContext, type Jwk } from "@openid4vc/oauth2";

export type AttestationProfile = "haip-1.0" | "latest";

/** How a wallet has to prove who it is. */
export interface Expected {
  issuer: string;
  profile: AttestationProfile;
  clientId: string | undefined;
  challenge: string;
}

/** The two messages of a wallet that is attested. */
export interface ClientAttestation {
  clientAttestationJwt: string;
  clientAttestationPopJwt: string;
}

const refuse = (error: string, description: string, status = 400) => new Oauth2ServerErrorResponseError({ error, error_description: description }, { status });

/**
 * Verifies wallets with what the library has for one message at a time. Its function for both wants `exp` in the proof,
 * which attestation-based client authentication dropped in draft -06, and knows no `challenge`; and its schema of the
 * attestation wants the `iss` that -08 dropped.
 */
export class Clients {
  readonly #spent = new Set<string>();

  constructor(private readonly callbacks: CallbackContext) {}

  /** Answers the client. */
  async verify(sent: ClientAttestation | undefined, expected: Expected): Promise<string> {
    if (!sent) throw refuse("invalid_client", "the wallet does not say who it is", 401);
    try {
      return await this.#verified(sent, expected);
    } catch (error) {
      if (error instanceof Oauth2ServerErrorResponseError || !(error instanceof Oauth2Error)) throw error;
      throw refuse("invalid_client", error.message, 401);
    }
  }

  async #verified(sent: ClientAttestation, { issuer, profile, clientId, challenge }: Expected): Promise<string> {
    const [attestation, pop] = [sent.clientAttestationJwt, sent.clientAttestationPopJwt].map((jwt) => decodeJwt({ jwt }));
    if (!attestation || !pop || (attestation.payload.iss !== undefined) !== (profile === "haip-1.0")) throw refuse("invalid_client", "not an attestation of this profile", 401);
    const { sub, cnf } = await this.#attested(sent.clientAttestationJwt, profile);
    const { header } = decodeJwtHeader({ jwt: sent.clientAttestationPopJwt });
    const named = profile === "haip-1.0" ? sub : undefined;
    const signer = { method: "jwk", alg: header.alg, publicJwk: cnf.jwk } as const;
    const verifying = { compact: sent.clientAttestationPopJwt, header, payload: pop.payload, signer, verifyJwtCallback: this.callbacks.verifyJwt };
    await verifyJwt({ ...verifying, expectedAudience: issuer, ...(named && { expectedIssuer: named }), requiredClaims: ["aud", "jti", "iat"] });
    if (header.typ !== "oauth-client-attestation-pop+jwt" || pop.payload.iss !== named) throw refuse("invalid_client", "not a proof of this profile", 401);
    if (clientId !== undefined && clientId !== sub) throw refuse("invalid_client", "attested for another client", 401);
    if (pop.payload["challenge"] !== challenge) throw refuse("use_attestation_challenge", "the proof is not fresh");
    this.#spend(String(pop.payload.jti));
    return sub;
  }

  async #attested(jwt: string, profile: AttestationProfile): Promise<{ sub: string; cnf: { jwk: Jwk } }> {
    if (profile === "haip-1.0") return (await verifyClientAttestationJwt({ clientAttestationJwt: jwt, callbacks: this.callbacks })).payload;
    const { header, payload } = decodeJwt({ jwt });
    const signer = jwtSignerFromJwt({ header, payload, allowedSignerMethods: ["x5c"] });
    await verifyJwt({ compact: jwt, header, payload, signer, verifyJwtCallback: this.callbacks.verifyJwt, requiredClaims: ["sub", "exp", "cnf"] });
    if (header.typ !== "oauth-client-attestation+jwt") throw refuse("invalid_client", "not an attestation", 401);
    return payload as unknown as { sub: string; cnf: { jwk: Jwk } };
  }

  #spend(jti: string): void {
    if (this.#spent.has(jti)) throw refuse("invalid_client", "the proof came before", 401);
    this.#spent.add(jti);
  }
}
