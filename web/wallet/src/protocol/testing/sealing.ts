import { compactDecrypt, CompactEncrypt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { utf8 } from "../bytes";

/** How a wallet wants its answer. */
export interface Wanted {
  jwk: JWK;
  enc: string;
}

/** Requests and answers that nobody between can read, from the issuer's side. */
export class TestSealing {
  /** Members of the metadata that differ from good ones. */
  request: object = {};
  response: object | undefined = {};
  /** Keys that answers were wanted for. */
  readonly keys: (string | undefined)[] = [];
  /** Answers in place of a good one. */
  answers: ((text: string, wanted: Wanted) => Promise<Response>) | undefined;

  private constructor(private readonly pair: Awaited<ReturnType<typeof generateKeyPair>>) {}

  static async make(): Promise<TestSealing> {
    return new TestSealing(await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true }));
  }

  async metadata(): Promise<object> {
    const key = { ...(await exportJWK(this.pair.publicKey)), kid: "request-1", alg: "ECDH-ES", use: "enc" };
    const both = { enc_values_supported: ["A128GCM", "A256GCM"], encryption_required: false };
    return {
      credential_request_encryption: { jwks: { keys: [key] }, ...both, ...this.request },
      ...(this.response && { credential_response_encryption: { alg_values_supported: ["ECDH-ES"], ...both, ...this.response } }),
    };
  }

  /** What a request says, and how its answer is wanted. */
  async open(text: string): Promise<{ content: object; wanted: Wanted | undefined }> {
    const { kid, enc } = decodeProtectedHeader(text);
    if (kid !== "request-1" || enc !== "A256GCM") throw new Error("encrypted in another way than the best one");
    const { plaintext } = await compactDecrypt(text, this.pair.privateKey);
    const { credential_response_encryption: wanted, ...content } = JSON.parse(new TextDecoder().decode(plaintext)) as { credential_response_encryption?: Wanted };
    this.keys.push(wanted?.jwk.x);
    return { content, wanted };
  }

  /** The answer as it was wanted, or as the test wants it. Refusals are not encrypted. */
  async close(answer: Response, wanted: Wanted | undefined): Promise<Response> {
    if (!answer.ok || !wanted) return answer;
    const text = await answer.text();
    if (this.answers) return this.answers(text, wanted);
    return sealed(await seal(text, wanted), answer.status);
  }
}

/** Encrypts to the key of a wallet; `header` differs from a good one. */
export async function seal(text: string, { jwk, enc }: Wanted, header: object = {}): Promise<string> {
  const key = await importJWK(jwk, "ECDH-ES");
  return new CompactEncrypt(utf8(text)).setProtectedHeader({ alg: "ECDH-ES", enc, kid: jwk.kid ?? "", ...header }).encrypt(key, { crit: { "urn:example": true } });
}

export function sealed(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "content-type": "application/jwt" } });
}
