import { request } from "./request";
import type { CaptureOpened, FrameAnswer, Journey, JourneyOpened, Level, Pairing, PairingCode } from "./types";

/** What a wallet holds to go on with its journey. */
export interface JourneyAccess {
  id: string;
  token: string;
}

/** Opens a journey. The answer is the same whether or not the register knows the person. */
export function openJourney(person: { number: string; name: string; goal: Level }): Promise<JourneyOpened> {
  return request("POST", "/api/journeys", { json: person });
}

export function readJourney({ id, token }: JourneyAccess, signal?: AbortSignal): Promise<Journey> {
  return request("GET", "/api/journeys/{id}", { at: { id }, token, ...(signal && { signal }) });
}

export function openCapture({ id, token }: JourneyAccess): Promise<CaptureOpened> {
  return request("POST", "/api/journeys/{id}/captures", { at: { id }, token, timeout: 60_000 });
}

/** Sends one JPEG. The answer says what to do next; only then may the next be sent. */
export function sendFrame({ id, token }: JourneyAccess, capture: string, sequence: number, jpeg: Blob, signal: AbortSignal): Promise<FrameAnswer> {
  const options = { at: { id, capture }, query: { seq: sequence }, body: jpeg, token, signal, timeout: 30_000 };
  return request("POST", "/api/journeys/{id}/captures/{capture}/frames", options);
}

/** Draws a code by which a terminal finds the journey, to read the chip of the document. */
export function openPairing({ id, token }: JourneyAccess): Promise<PairingCode> {
  return request("POST", "/api/journeys/{id}/pairings", { at: { id }, token });
}

export function readPairing({ id, token }: JourneyAccess, code: string, signal?: AbortSignal): Promise<Pairing> {
  return request("GET", "/api/journeys/{id}/pairings/{code}", { at: { id, code }, token, ...(signal && { signal }) });
}

/** The first message of setting an ID password, and the server's answer, both in base64url. */
export async function startPassword({ id, token }: JourneyAccess, message: string): Promise<string> {
  const path = "/api/journeys/{id}/password/start";
  return (await request<{ response: string }>("POST", path, { at: { id }, token, json: { request: message } })).response;
}

export function finishPassword({ id, token }: JourneyAccess, record: string): Promise<void> {
  return request("POST", "/api/journeys/{id}/password/finish", { at: { id }, token, json: { record } });
}
