import type { JwtSigner } from "@openid4vc/oauth2";
import { WalletError } from "./fault";
import { publicJwk } from "./jws";

/** Keys of a batch that are still looking for their copy. */
export class KeyRing {
  readonly #keys = new Map<string, { key: CryptoKey; jwk: Awaited<ReturnType<typeof publicJwk>> }>();

  static async generate(count: number): Promise<KeyRing> {
    const ring = new KeyRing();
    const pairs = await Promise.all(Array.from({ length: count }, () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"])));
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

  /** The key that belongs to `jwk`, once. */
  take(jwk: JsonWebKey): CryptoKey {
    const entry = this.#keys.get(jwk.x ?? "");
    if (!entry || entry.jwk.y !== jwk.y) throw new WalletError("card_not_genuine");
    this.#keys.delete(entry.jwk.x);
    return entry.key;
  }
}
