import { calculateJwkThumbprint, exportJWK, generateKeyPair, type CryptoKey, type JWK } from "jose";

/** A key of the holder. */
export interface HolderKey {
  jwk: JWK & { kty: string; x: string };
  privateKey: CryptoKey;
  thumbprint: string;
}

/** A key that others encrypt to. */
export interface EncryptionKey {
  jwk: JWK & { kty: string; kid: string };
  privateKey: CryptoKey;
}

export async function generateEncryptionKey(kid: string): Promise<EncryptionKey> {
  const { publicKey, privateKey } = await generateKeyPair("ECDH-ES");
  return { jwk: { ...((await exportJWK(publicKey)) as JWK & { kty: string }), kid, alg: "ECDH-ES", use: "enc" }, privateKey };
}

export async function generateKeys(count: number): Promise<HolderKey[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { publicKey, privateKey } = await generateKeyPair("ES256");
      const jwk = await exportJWK(publicKey);
      return { jwk: jwk as HolderKey["jwk"], privateKey, thumbprint: await calculateJwkThumbprint(jwk) };
    }),
  );
}
