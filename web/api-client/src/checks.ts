import { address, request } from "./request";
import type { Check, DigitalCredentialAnswer, DigitalCredentialRequest } from "./types";

export function openCheck(wish: { scene: string; way: "same_device" | "window" | "browser"; format?: "dc+sd-jwt" | "mso_mdoc" | "either"; after?: string }): Promise<Check> {
  return request("POST", "/api/checks", { json: wish });
}

/** What `navigator.credentials.get` is called with, for a check that was opened in this page for its browser. */
export function digitalCredentialRequests(id: string, signal?: AbortSignal): Promise<{ requests: DigitalCredentialRequest[] }> {
  return request("GET", "/api/checks/{id}/digital-credential", { at: { id }, ...(signal && { signal }) });
}

/** Brings back what it answered; the check is over with it. */
export function answerByDigitalCredential(id: string, answer: DigitalCredentialAnswer): Promise<Check> {
  return request("POST", "/api/checks/{id}/digital-credential", { at: { id }, json: answer });
}

export function readCheck(id: string, signal?: AbortSignal): Promise<Check> {
  return request("GET", "/api/checks/{id}", { at: { id }, ...(signal && { signal }) });
}

/** The address of the check's stream of events; the data of each event named `check` is a `Check`. */
export function checkEvents(id: string): string {
  return address("/api/checks/{id}/events", { at: { id } });
}
