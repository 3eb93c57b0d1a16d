import { importJWK, jwtVerify, type JWTPayload } from "jose";
import { toBase64url, utf8, type Bytes } from "./bytes";
import { importKey, verifyChain, type Purpose } from "./chain";
import type { Certificate } from "./certificate";

/** Signs with a key that never leaves the browser's key store. */
export async function signJwt(header: object, payload: object, key: CryptoKey): Promise<string> {
  const part = (value: object) => toBase64url(utf8(JSON.stringify(value)));
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${toBase64url(await signBytes(utf8(input), key))}`;
}

/** ES256 over `bytes`: r and s. */
export async function signBytes(bytes: Bytes, key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes));
}

/** A key that stays in the browser's key store. */
export function newKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
}

export interface Signed {
  payload: JWTPayload;
  signer: Certificate;
}

/** What the certificates of a message are held against. */
export interface Trust {
  anchors: readonly Certificate[];
  purpose: Purpose;
  now: Date;
}

/** The content of an ES256 message of type `typ` whose certificates, in its header, lead to an anchor. */
export async function verifySigned(message: string, typ: string, trust: Trust): Promise<Signed> {
  let signer: Certificate | undefined;
  const { payload } = await jwtVerify(
    message,
    async (header) => {
      signer = await verifyChain(header.x5c ?? [], trust.anchors, trust.now, trust.purpose);
      return importKey(signer);
    },
    { algorithms: ["ES256"], typ, currentDate: trust.now, clockTolerance: 60 },
  );
  if (!signer) throw new TypeError("the message was not signed with a certificate");
  return { payload, signer };
}

/** The public half of a key in the form that goes into messages: nothing but the point. */
export async function publicJwk(key: CryptoKey): Promise<{ kty: "EC"; crv: "P-256"; x: string; y: string }> {
  const { x, y } = await crypto.subtle.exportKey("jwk", key);
  if (!x || !y) throw new TypeError("not a P-256 key");
  return { kty: "EC", crv: "P-256", x, y };
}

/** A P-256 public key for checking signatures. */
export async function verificationKey(jwk: JsonWebKey): Promise<CryptoKey> {
  return (await importJWK({ ...jwk } as never, "ES256")) as CryptoKey;
}
