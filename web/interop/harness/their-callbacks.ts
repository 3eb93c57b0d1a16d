import type { X509Certificate } from "node:crypto";
import type { CallbackContext, Jwk } from "@openid4vc/oauth2";
import { compactDecrypt, compactVerify, exportJWK, importJWK, SignJWT, type JWTPayload } from "jose";
import { callbacks } from "./callbacks";
import type { EncryptionKey, HolderKey } from "./keys";
import { keyOf } from "./trust";

/** What the libraries have at hand on the side of a server. */
export interface ServerMeans {
  /** Keys that sign, with the certificate of each that has one. */
  keys: readonly (HolderKey & { x5c?: [string] })[];
  /** The root of those whose `x5c` is believed. */
  root?: X509Certificate;
  /** The key that answers are encrypted to. */
  decryption?: EncryptionKey;
}

/** Cryptography for the server roles of the OpenID libraries; the network is that of the client roles. */
export function serverCallbacks({ keys, root, decryption }: ServerMeans): CallbackContext {
  return {
    ...callbacks({}),
    async signJwt(signer, { header, payload }) {
      const own = keys.find(({ jwk, x5c }) => (signer.method === "jwk" ? jwk.x === signer.publicJwk.x : signer.method === "x5c" && x5c?.[0] === signer.x5c[0]));
      if (!own) throw new TypeError("only the server's keys sign");
      return { jwt: await new SignJWT(payload as JWTPayload).setProtectedHeader(header as { alg: string }).sign(own.privateKey), signerJwk: own.jwk };
    },
    async verifyJwt(signer, { compact }) {
      if (signer.method !== "jwk" && (signer.method !== "x5c" || !root)) return { verified: false };
      const key = signer.method === "jwk" ? await importJWK(signer.publicJwk as never, "ES256") : await keyOf(signer.x5c, root as X509Certificate);
      await compactVerify(compact, key, { algorithms: ["ES256"] });
      return { verified: true, signerJwk: signer.method === "jwk" ? signer.publicJwk : ((await exportJWK(key)) as Jwk) };
    },
    async decryptJwe(jwe) {
      if (!decryption) return { decrypted: false };
      const { plaintext } = await compactDecrypt(jwe, decryption.privateKey, { keyManagementAlgorithms: ["ECDH-ES"], contentEncryptionAlgorithms: ["A128GCM", "A256GCM"] });
      return { decrypted: true, decryptionJwk: decryption.jwk, payload: Buffer.from(plaintext).toString() };
    },
  };
}
