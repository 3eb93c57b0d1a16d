import { createHash, randomBytes, type X509Certificate } from "node:crypto";
import { SDJwtVcInstance, type SdJwtVcPayload } from "@sd-jwt/sd-jwt-vc";
import { CompactSign, decodeProtectedHeader, importJWK, type CryptoKey, type JWK } from "jose";
import type { Copy } from "./collect";
import { keyOf } from "./trust";

export type Frame = { [name: string]: boolean | Frame };

const hashing = {
  hasher: (data: string | ArrayBuffer) => createHash("sha256").update(typeof data === "string" ? data : new Uint8Array(data)).digest(),
  hashAlg: "sha-256",
  saltGenerator: (length: number) => randomBytes(length).toString("base64url"),
} as const;

/** What was seen while a card was verified. */
export interface Verified {
  payload: SdJwtVcPayload & Record<string, unknown>;
  /** The status lists that were fetched, as they came. */
  lists: { token: string; type: string | null; uri: string }[];
}

/** Verifies a card with the independent library: chain, signature, disclosures, times, and its entry in the status list. */
export async function verifyCard(sdJwt: string, root: X509Certificate): Promise<Verified> {
  const lists: Verified["lists"] = [];
  const instance = new SDJwtVcInstance({
    ...hashing,
    verifier: await verifierOf(sdJwt.split("~")[0] ?? "", root),
    ...lookingUp(lists, root),
  });
  const { payload } = await instance.verify(sdJwt);
  return { payload: payload as Verified["payload"], lists };
}

/** Fetches status lists, which are signed by another key than cards, and notes them. */
function lookingUp(lists: Verified["lists"], root: X509Certificate) {
  return {
    async statusListFetcher(uri: string) {
      const response = await fetch(uri, { headers: { accept: "application/statuslist+jwt" }, signal: AbortSignal.timeout(10_000) });
      const token = await response.text();
      lists.push({ token, type: response.headers.get("content-type"), uri });
      return token;
    },
    statusVerifier: async (data: string, signature: string) => (await verifierOf(lists.at(-1)?.token ?? "", root))(data, signature),
  };
}

/** Verifies a card that is shown, and that its holder shows it to `audience` now; answers what it says. */
export async function verifyShown(shown: string, root: X509Certificate, { audience, nonce }: Omit<Binding, "key">): Promise<Record<string, unknown>> {
  const instance = new SDJwtVcInstance({
    ...hashing,
    verifier: await verifierOf(shown.split("~")[0] ?? "", root),
    ...lookingUp([], root),
    async kbVerifier(data, signature, { cnf }) {
      const key = await importJWK((cnf as { jwk: JWK }).jwk, "ES256");
      return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key as CryptoKey, Buffer.from(signature, "base64url"), Buffer.from(data));
    },
  });
  const { payload, kb } = await instance.verify(shown, { keyBindingNonce: nonce });
  if (kb?.payload.aud !== audience) throw new Error("the card is shown to somebody else");
  return payload as Record<string, unknown>;
}

async function verifierOf(token: string, root: X509Certificate) {
  const key = await keyOf(decodeProtectedHeader(token).x5c ?? [], root);
  return (data: string, signature: string) => crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(signature, "base64url"), Buffer.from(data));
}

/** For whom a presentation is made. */
export interface Binding {
  audience: string;
  nonce: string;
  /** Signs the key binding; the card's own key unless said otherwise. */
  key?: Copy["key"];
}

/** Shows the parts in `frame` and nothing else. */
export async function present(copy: Copy, frame: Frame, { audience, nonce, key = copy.key }: Binding): Promise<string> {
  const instance = new SDJwtVcInstance({ ...hashing, kbSignAlg: "ES256", kbSigner: (data) => signature(data, key) });
  return instance.present(copy.sdJwt, frame as never, { kb: { payload: { iat: Math.floor(Date.now() / 1000), aud: audience, nonce } } });
}

/** Makes the key binding anew for a card whose disclosures were changed. */
export async function bindAgain(disclosed: string, copy: Copy, { audience, nonce }: Binding): Promise<string> {
  const payload = { iat: Math.floor(Date.now() / 1000), aud: audience, nonce, sd_hash: createHash("sha256").update(disclosed).digest("base64url") };
  const binding = await new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: "ES256", typ: "kb+jwt" }).sign(copy.key.privateKey);
  return disclosed + binding;
}

async function signature(data: string, key: Copy["key"]): Promise<string> {
  return Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, Buffer.from(data))).toString("base64url");
}

/** Everything a card says, without verifying it. */
export async function claimsOf(sdJwt: string): Promise<Record<string, unknown>> {
  return (await new SDJwtVcInstance(hashing).getClaims(sdJwt)) as Record<string, unknown>;
}

/** The names of everything in a card that can be shown or not. */
export function hideable(sdJwt: string): Promise<string[]> {
  return new SDJwtVcInstance(hashing).presentableKeys(sdJwt);
}
