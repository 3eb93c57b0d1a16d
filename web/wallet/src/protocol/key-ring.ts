import type { JwtSigner } from "@openid4vc/oauth2";
import type { KeptKey } from "../store/database";
import { WalletError } from "./fault";
import { newKey, publicJwk } from "./jws";

/** A key of this browser, by its point. It is not extractable. */
export interface OwnKey {
  key: CryptoKey;
  x: string;
  y: string;
}

/** A key that a copy is to be bound to; one that the authority keeps is known by its point alone. */
export type CopyKey = OwnKey | KeptKey;

/** The keys of a batch, from which every copy takes its own. */
export class KeyRing {
  readonly #keys: Map<string, CopyKey>;

  constructor(keys: readonly CopyKey[]) {
    this.#keys = new Map(keys.map((key) => [key.x, key]));
  }

  static async generate(count: number): Promise<KeyRing> {
    const pairs = await Promise.all(Array.from({ length: count }, newKey));
    return new KeyRing(await Promise.all(pairs.map(async ({ privateKey, publicKey }) => ({ key: privateKey, ...point(await publicJwk(publicKey)) }))));
  }

  /** The keys that have not found their copy yet. */
  keys(): CopyKey[] {
    return [...this.#keys.values()];
  }

  signers(): JwtSigner[] {
    return this.keys().map(({ x, y }) => ({ method: "jwk", alg: "ES256", publicJwk: { kty: "EC", crv: "P-256", x, y } }));
  }

  /** The key of this browser with this coordinate. */
  find(x: string | undefined): CryptoKey {
    const found = this.#keys.get(x ?? "");
    if (!found || !isOwn(found)) throw new WalletError("card_not_genuine");
    return found.key;
  }

  /** The key that belongs to `jwk`, once. */
  take(jwk: JsonWebKey): CryptoKey | KeptKey {
    const found = this.#keys.get(jwk.x ?? "");
    if (!found || found.y !== jwk.y) throw new WalletError("card_not_genuine");
    this.#keys.delete(found.x);
    return isOwn(found) ? found.key : found;
  }
}

function isOwn(key: CopyKey): key is OwnKey {
  return "key" in key;
}

function point({ x, y }: { x: string; y: string }): { x: string; y: string } {
  return { x, y };
}
