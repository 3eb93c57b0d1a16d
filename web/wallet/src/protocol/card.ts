import { SDJwtInstance } from "@sd-jwt/core";
import { fromBase64url, sha256, toBase64url, token, utf8, type Bytes } from "./bytes";
import { importKey, PURPOSE, verifyChain } from "./chain";
import type { Certificate } from "./certificate";
import { disclosed } from "./disclosing";
import { WalletError } from "./fault";
import { signJwt } from "./jws";
import { select, type ClaimPath } from "./path";

/** What a card says about its holder, by the names of the EUDI PID rulebook. */
export type Claims = Record<string, unknown>;

export type { ClaimPath } from "./path";

/** The type that a card's header carries. */
const CARD_TYP = "dc+sd-jwt";

type Instance = SDJwtInstance<Record<string, unknown>>;

const hasher = async (data: string | ArrayBuffer, algorithm: string): Promise<Bytes> => {
  if (algorithm.toLowerCase() !== "sha-256") throw new TypeError("only SHA-256 is used");
  return sha256(typeof data === "string" ? utf8(data) : new Uint8Array(data));
};

function instance(more: ConstructorParameters<typeof SDJwtInstance<Record<string, unknown>>>[0] = {}): Instance {
  return new SDJwtInstance({ hasher, hashAlg: "sha-256", saltGenerator: token, ...more });
}

/** What a genuine card contains. */
export interface CardContent {
  claims: Claims;
  vct: string;
  issuedBy: string;
  expiresAt: number | undefined;
  holderKey: JsonWebKey;
  status: { uri: string; index: number } | undefined;
}

/**
 * Reads a card and makes sure that the authority signed it.
 *
 * @throws if it is not a card, or not the authority's.
 */
export async function readCardText(sdJwt: string, anchors: readonly Certificate[], now: Date): Promise<CardContent> {
  const header = (await instance().decode(sdJwt)).jwt?.header ?? {};
  if (header["typ"] !== CARD_TYP || header["alg"] !== "ES256") throw new WalletError("card_not_genuine");
  const signer = await verifyChain(stringsOf(header["x5c"]), anchors, now, PURPOSE.documentSigner);
  const key = await importKey(signer);
  const verifier = (data: string, signature: string) => crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromBase64url(signature), utf8(data));
  const { payload } = await instance({ verifier }).validate(sdJwt, { currentDate: Math.floor(now.getTime() / 1000), skewSeconds: 60 });
  return content(payload as Record<string, unknown>, signer);
}

function content(payload: Record<string, unknown>, signer: Certificate): CardContent {
  const { cnf, status, vct, exp, iss, iat: _iat, nbf: _nbf, _sd_alg: _alg, "vct#integrity": _integrity, ...claims } = payload;
  const holderKey = (cnf as { jwk?: JsonWebKey } | undefined)?.jwk;
  if (!holderKey || typeof vct !== "string") throw new WalletError("card_not_genuine");
  const list = (status as { status_list?: { uri?: unknown; idx?: unknown } } | undefined)?.status_list;
  const hasStatus = typeof list?.uri === "string" && typeof list.idx === "number";
  return {
    claims,
    vct,
    issuedBy: typeof iss === "string" ? iss : (signer.holder ?? ""),
    expiresAt: typeof exp === "number" ? exp : undefined,
    holderKey,
    status: hasStatus ? { uri: list.uri as string, index: list.idx as number } : undefined,
  };
}

/** What a presentation is made for. */
export interface PresentationSpec {
  /** The items to show; nothing else is shown. */
  paths: readonly ClaimPath[];
  /** Whom the key binding is for. */
  audience: string;
  nonce: string;
  key: CryptoKey;
  now: Date;
}

/** The copy with the chosen items only and a key binding for one asker. */
export async function present(sdJwt: string, { paths, audience, nonce, key, now }: PresentationSpec): Promise<string> {
  const { shown, hash } = await disclose(sdJwt, paths);
  return shown + (await signJwt({ alg: "ES256", typ: "kb+jwt" }, { iat: Math.floor(now.getTime() / 1000), aud: audience, nonce, sd_hash: hash }, key));
}

/** The copy with the chosen items only, without a key binding, and the hash by which one names it. */
export async function disclose(sdJwt: string, paths: readonly ClaimPath[]): Promise<{ shown: string; hash: string }> {
  const shown = await disclosed(sdJwt, paths);
  return { shown, hash: toBase64url(await sha256(utf8(shown))) };
}

/** The value at `path`, a list of all where it selects several; `undefined` where the card has none. */
export function valueAt(claims: Claims, path: ClaimPath): unknown {
  const found = select(claims, path);
  return path.includes(null) && found.length > 0 ? found : found[0];
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
