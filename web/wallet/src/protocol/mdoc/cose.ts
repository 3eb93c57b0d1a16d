import { toBase64url, type Bytes } from "../bytes";
import { bytes, list, malformed, map, read, write, type CborMap } from "./cbor";

/** Labels of header parameters (RFC 9052 section 3.1, RFC 9360 section 2) and of keys (RFC 9053 section 7.1). */
const ALG = 1;
const X5CHAIN = 33;
const KEY = { type: 1, curve: -1, x: -2, y: -3 } as const;
/** ECDSA with SHA-256, and the key type and curve that go with it. */
const ES256 = -7;
const EC2 = 2;
const P256 = 1;

/** The protected header of everything that is signed with ES256. */
export const ES256_HEADER = write(new Map([[ALG, ES256]]));

/** `COSE_Sign1` (RFC 9052 section 4.2), its parts as they were received. */
export interface Sign1 {
  parts: readonly [protectedHeader: Bytes, unprotected: CborMap, payload: Bytes, signature: Bytes];
  /** Certificates from the leaf on, in DER. */
  x5chain: readonly Bytes[];
}

/** Reads a signature that carries its payload. @throws {WalletError} also where it is not by ES256. */
export function readSign1(value: unknown): Sign1 {
  const [header, unprotected, payload, signature, ...rest] = list(value);
  if (rest.length > 0 || map(read(bytes(header))).get(ALG) !== ES256) throw malformed();
  const chain = map(unprotected).get(X5CHAIN);
  const x5chain = Array.isArray(chain) ? chain.map(bytes) : [bytes(chain)];
  return { parts: [bytes(header), map(unprotected), bytes(payload), bytes(signature)], x5chain };
}

/** `Sig_structure`: what is signed (RFC 9052 section 4.4). */
export function toBeSigned(header: Bytes, payload: Bytes): Bytes {
  return write(["Signature1", header, new Uint8Array(), payload]);
}

export function verify({ parts: [header, , payload, signature] }: Sign1, key: CryptoKey): Promise<boolean> {
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, toBeSigned(header, payload));
}

/** A `COSE_Key` on P-256. @throws {WalletError} */
export function readKey(value: unknown): JsonWebKey {
  const key = map(value);
  if (key.get(KEY.type) !== EC2 || key.get(KEY.curve) !== P256) throw malformed();
  return { kty: "EC", crv: "P-256", x: toBase64url(bytes(key.get(KEY.x))), y: toBase64url(bytes(key.get(KEY.y))) };
}
