import { request, type BoundToken } from "./request";
import type { CopyInstruction, HolderDevice, HolderExport, HolderRequest, PreparedKey, SignedIn, SignInAnswer } from "./types";

/** Makes a device the person's, under the access token of an offer of a full card. An older device is retired. */
export function registerDevice(token: BoundToken, device: { proof: string; name?: string }): Promise<HolderDevice> {
  return request("POST", "/api/holder/devices", { token, json: device });
}

/** Begins to sign in with the ID password; the try is counted now. */
export function startSignIn(first: { proof: string; request: string }): Promise<SignInAnswer> {
  return request("POST", "/api/holder/login/start", { json: first });
}

export function finishSignIn(last: { exchange: string; finalization: string }): Promise<SignedIn> {
  return request("POST", "/api/holder/login/finish", { json: last });
}

/** Keys for a full card that is about to be collected; those that were made before and not used come first. */
export async function prepareKeys(token: BoundToken, wanted: { exchange: string; count: number }): Promise<PreparedKey[]> {
  return (await request<{ keys: PreparedKey[] }>("POST", "/api/holder/keys/prepare", { token, json: wanted, timeout: 60_000 })).keys;
}

/** Has such keys prove themselves: one proof per instruction, in their order. */
export async function proveKeys(exchange: string, instructions: readonly CopyInstruction[]): Promise<string[]> {
  return (await request<{ proofs: string[] }>("POST", "/api/holder/keys", { json: { exchange, instructions }, timeout: 60_000 })).proofs;
}

/** What a copy's key has signed: a whole token, or the signature of an mdoc's device in base64url. */
export type SignedByCopy = { key_binding: string } | { device_signature: string };

/** Has a copy's key sign what the holder agreed to. */
export function signByCopy(exchange: string, instruction: CopyInstruction): Promise<SignedByCopy> {
  return request("POST", "/api/holder/sign", { json: { exchange, ...instruction } });
}

/** The first message of another ID password within a sign-in, and the server's answer, both in base64url. */
export async function startPasswordChange(exchange: string, message: string): Promise<string> {
  return (await request<{ response: string }>("POST", "/api/holder/password/start", { json: { exchange, request: message } })).response;
}

/** Puts another ID password in place of the one just proven; every sign-in ends. */
export function finishPasswordChange(upload: HolderRequest & { record: string }): Promise<void> {
  return request("POST", "/api/holder/password/finish", { json: upload });
}

/** A revocation code for the signed-in holder, in place of an earlier one. */
export async function drawRevocationCode(asked: HolderRequest): Promise<string> {
  return (await request<{ code: string }>("POST", "/api/holder/revocation-code", { json: asked })).code;
}

/** A revocation code for whoever has collected a card with this access token, in place of an earlier one. */
export async function drawCodeOfCollected(token: BoundToken): Promise<string> {
  return (await request<{ code: string }>("POST", "/api/holder/revocation-code/collected", { token })).code;
}

/** Revokes every card of the person whose revocation code this is; answers how many that were, none where it was used before. */
export async function reportLost(code: string): Promise<number> {
  return (await request<{ revoked_cards: number }>("POST", "/api/holder/lost", { json: { code } })).revoked_cards;
}

/** A copy of what the authority keeps about the signed-in holder; it names what it leaves out. */
export function exportHolder(asked: HolderRequest): Promise<HolderExport> {
  return request("POST", "/api/holder/export", { json: asked, timeout: 60_000 });
}

/** Erases what the card needed; answers the authority's receipt, a compact JWS. */
export async function eraseHolder(asked: HolderRequest): Promise<string> {
  return (await request<{ receipt: string }>("POST", "/api/holder/erase", { json: asked, timeout: 60_000 })).receipt;
}
