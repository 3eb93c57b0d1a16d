import type { JwtSigner } from "@openid4vc/oauth2";
import type { KeptKey } from "../store/database";
import { WalletError } from "./fault";
import { newKey, publicJwk } from "./jws";

/** The keys of a batch, from which every copy takes its own. */
export interface Keys {
  /** The key that belongs to `jwk`, once. */
  take(jwk: JsonWebKey): CryptoKey | KeptKey;
}

/** Keys that the authority keeps, and that are still looking for their copy. */
export class KeptRing implements Keys {
  readonly #keys: Map<string, KeptKey>;

  constructor(keys: readonly KeptKey[]) {
    this.#keys = new Map(keys.map((key) => [key.x, key]));
  }

  take(jwk: JsonWebKey): KeptKey {
    const key = this.#keys.get(jwk.x ?? "");
    if (!key || key.y !== jwk.y) throw new WalletError("card_not_genuine");
    this.#keys.delete(key.x);
    return key;
  }
}

/** Keys of this browser that are still looking for their copy. */
export class KeyRing implements Keys {
  readonly #keys = new Map<string, { key: CryptoKey; jwk: Awaited<ReturnType<typeof publicJwk>> }>();

  static async generate(count: number): Promise<KeyRing> {
    const ring = new KeyRing();
    const pairs = await Promise.all(Array.from({ length: count }, newKey));
    for (const { privateKey, publicKey } of pairs) {
      const jwk = await publicJwk(publicKey);
      ring.#keys.set(jwk.x, { key: privateKey, jwk });
    }
    return ring;
  }

  signers(): JwtSigner[] {
    return [...this.#keys.values()].map(({ jwk }) => ({ method: "jwk", alg: "ES256", publicJwk: jwk }));
  }

  find(x: string | undefined): CryptoKey {
    const found = this.#keys.get(x ?? "");
    if (!found) throw new WalletError("card_not_genuine");
    return found.key;
  }

  take(jwk: JsonWebKey): CryptoKey {
    const entry = this.#keys.get(jwk.x ?? "");
    if (!entry || entry.jwk.y !== jwk.y) throw new WalletError("card_not_genuine");
    this.#keys.delete(entry.jwk.x);
    return entry.key;
  }
}
