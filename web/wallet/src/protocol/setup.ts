import { setGlobalConfig, type CallbackContext } from "@openid4vc/oauth2";
import { CompactEncrypt, importJWK } from "jose";
import { fromBase64url, sha256, utf8 } from "./bytes";
import { WalletError } from "./fault";

/** Whether this page is served by the very machine it runs on, as in a demonstration; only then is http allowed. */
const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(globalThis.location?.hostname ?? "");

setGlobalConfig({ allowInsecureUrls: isLocal });

export const hash: CallbackContext["hash"] = async (data, algorithm) => {
  if (algorithm !== "sha-256") throw new TypeError("only SHA-256 is used");
  return sha256(new Uint8Array(data));
};

export const generateRandom: CallbackContext["generateRandom"] = (length) => crypto.getRandomValues(new Uint8Array(length));

/** ECDH-ES on P-256 with AES-GCM, as HAIP 1.0 asks. */
export const encryptJwe: CallbackContext["encryptJwe"] = async (encryptor, data) => {
  const { publicJwk, enc, alg, apu, apv } = encryptor;
  if (publicJwk.kid === undefined) throw new TypeError("the asker's key has no name");
  const key = await importJWK(publicJwk as never, "ECDH-ES");
  const encryption = new CompactEncrypt(utf8(data)).setProtectedHeader({ alg, enc, kid: publicJwk.kid });
  const party = { ...(apu && { apu: fromBase64url(apu) }), ...(apv && { apv: fromBase64url(apv) }) };
  const jwe = await encryption.setKeyManagementParameters(party).encrypt(key);
  return { jwe, encryptionJwk: publicJwk };
};

/**
 * Fetches from this service, without following redirects, which could lead a wallet anywhere.
 *
 * @throws {WalletError} `offline` where no answer comes, `busy` where the answer is that none can be given now.
 */
export async function fetchHere(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: "error", credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(30_000) }).catch((cause: unknown) => {
    throw new WalletError("offline", { cause });
  });
  if (response.status >= 500 || response.status === 429) throw new WalletError("busy");
  return response;
}
