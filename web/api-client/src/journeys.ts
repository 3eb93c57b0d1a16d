import { request } from "./request";
import type { CaptureOpened, FrameAnswer, Journey, JourneyOpened } from "./types";

/** What a wallet holds to go on with its journey. */
export interface JourneyAccess {
  id: string;
  token: string;
}

/** Opens a journey. The answer is the same whether or not the register knows the person. */
export function openJourney(person: { number: string; name: string }): Promise<JourneyOpened> {
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
