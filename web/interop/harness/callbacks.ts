import { createHash, randomBytes } from "node:crypto";
import { clientAuthenticationAnonymous, setGlobalConfig, type CallbackContext } from "@openid4vc/oauth2";
import { CompactEncrypt, compactVerify, importJWK, SignJWT, type JWTPayload } from "jose";
import type { X509Certificate } from "node:crypto";
import type { Attester } from "../../e2e/harness/attester";
import type { HolderKey } from "./keys";
import { keyOf } from "./trust";

setGlobalConfig({ allowInsecureUrls: true });

const LIMIT_MS = 20_000;

/** Who signs, whom to trust, and how to reach the network if not by the platform's fetch. */
export interface Means {
  keys?: readonly HolderKey[];
  root?: X509Certificate;
  attester?: Attester;
  via?: typeof fetch;
}

/** Cryptography and network for the OpenID libraries: jose, WebCrypto and the platform's fetch. */
export function callbacks({ keys = [], root, attester, via = fetch }: Means): CallbackContext {
  return {
    fetch: (input, init) => via(input as string, { ...init, redirect: "error", signal: AbortSignal.timeout(LIMIT_MS) }),
    hash: (data, algorithm) => createHash(algorithm.replace("-", "")).update(data).digest(),
    generateRandom: (length) => randomBytes(length),
    clientAuthentication: clientAuthenticationAnonymous(),
    getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }),
    decryptJwe: () => ({ decrypted: false }),
    async signJwt(signer, { header, payload }) {
      if (signer.method === "x5c" && attester) {
        const jwt = await new SignJWT(payload as JWTPayload).setProtectedHeader(header as { alg: string }).sign(attester.key);
        return { jwt, signerJwk: { kty: "EC" } };
      }
      const key = signer.method === "jwk" ? keys.find(({ jwk }) => jwk.x === signer.publicJwk.x) : undefined;
      if (signer.method !== "jwk" || !key) throw new TypeError("only the holder's keys sign");
      return { jwt: await new SignJWT(payload as JWTPayload).setProtectedHeader(header as { alg: string }).sign(key.privateKey), signerJwk: signer.publicJwk };
    },
    async verifyJwt(signer, { compact }) {
      if (signer.method !== "x5c" || !root) return { verified: false };
      await compactVerify(compact, await keyOf(signer.x5c, root), { algorithms: ["ES256"] });
      return { verified: true, signerJwk: { kty: "EC" } };
    },
    async encryptJwe({ publicJwk, enc, alg, apu, apv }, data) {
      const key = await importJWK(publicJwk as never, "ECDH-ES");
      const party = { ...(apu && { apu: Buffer.from(apu, "base64url") }), ...(apv && { apv: Buffer.from(apv, "base64url") }) };
      const encryption = new CompactEncrypt(Buffer.from(data)).setProtectedHeader({ alg, enc, kid: publicJwk.kid ?? "" });
      return { jwe: await encryption.setKeyManagementParameters(party).encrypt(key), encryptionJwk: publicJwk };
    },
  };
}
