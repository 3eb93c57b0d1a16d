import { request } from "./request";
import type { CopyInstruction, HolderDevice, PreparedKey, SignedIn, SignInAnswer } from "./types";

/** Makes a device the person's, under the access token of an offer of a full card. An older device is retired. */
export function registerDevice(token: string, device: { proof: string; name?: string }): Promise<HolderDevice> {
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
export async function prepareKeys(token: string, wanted: { exchange: string; count: number }): Promise<PreparedKey[]> {
  return (await request<{ keys: PreparedKey[] }>("POST", "/api/holder/keys/prepare", { token, json: wanted, timeout: 60_000 })).keys;
}

/** Has such keys prove themselves: one proof per instruction, in their order. */
export async function proveKeys(exchange: string, instructions: readonly CopyInstruction[]): Promise<string[]> {
  return (await request<{ proofs: string[] }>("POST", "/api/holder/keys", { json: { exchange, instructions }, timeout: 60_000 })).proofs;
}

/** Has a copy's key sign the key binding that the holder agreed to. */
export async function signBinding(exchange: string, instruction: CopyInstruction): Promise<string> {
  return (await request<{ key_binding: string }>("POST", "/api/holder/sign", { json: { exchange, ...instruction } })).key_binding;
}
