import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";

/** A request as it went out, and the status it came back with. */
export interface Seen {
  path: string;
  init: RequestInit;
  status: number;
}

/** The platform's fetch, with everything that goes over it written down. */
export function noting(seen: Seen[]): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, init);
    seen.push({ path: new URL(input as string).pathname, init: init ?? {}, status: answer.status });
    return answer;
  };
}

/** Asks for the issuer's metadata under its signature. */
export const preferringSigned: typeof fetch = (input, init) => {
  const isMetadata = new URL(input as string).pathname.endsWith("/openid-credential-issuer");
  return fetch(input, { ...init, ...(isMetadata && { headers: { accept: "application/jwt" } }) });
};

/** An answer that came encrypted. */
export interface Encrypted {
  answerType: string | null;
  enc: string | undefined;
}

/**
 * Encrypts what goes to the credential endpoint and asks for an encrypted answer, which the library does not do itself
 * (OpenID4VCI 1.0 section 10). The library sees the plain texts.
 */
export function encrypting(to: () => { endpoint?: string; jwk: JWK }, enc: string, seen: Encrypted[]): typeof fetch {
  return async (input, init) => {
    const { endpoint, jwk } = to();
    if (input !== endpoint || !init) return fetch(input, init);
    const { publicKey, privateKey } = await generateKeyPair("ECDH-ES", { extractable: true });
    const own = { ...(await exportJWK(publicKey)), alg: "ECDH-ES", kid: "for-this-answer", use: "enc" };
    const plain = { ...(JSON.parse(init.body as string) as object), credential_response_encryption: { jwk: own, enc } };
    const body = await new CompactEncrypt(Buffer.from(JSON.stringify(plain))).setProtectedHeader({ alg: "ECDH-ES", enc, kid: jwk.kid ?? "" }).encrypt(await importJWK(jwk, "ECDH-ES"));
    const answer = await fetch(input, { ...init, body, headers: { ...(init.headers as Record<string, string>), "Content-Type": "application/jwt" } });
    if (!answer.ok) return answer;
    const { plaintext, protectedHeader } = await compactDecrypt(await answer.text(), privateKey, { contentEncryptionAlgorithms: [enc] });
    seen.push({ answerType: answer.headers.get("content-type"), enc: protectedHeader.enc });
    return new Response(plaintext as BodyInit, { status: answer.status, headers: { "content-type": "application/json" } });
  };
}
