import { request } from "./request";
import type { CaptureOpened, FrameAnswer, Journey, JourneyOpened } from "./types";

/** What a wallet holds to go on with its journey. */
export interface JourneyAccess {
  id: string;
  token: string;
}

const journey = ({ id }: JourneyAccess) => `/api/journeys/${encodeURIComponent(id)}`;

/** Opens a journey. The answer is the same whether or not the register knows the person. */
export function openJourney(person: { number: string; name: string }): Promise<JourneyOpened> {
  return request("POST", "/api/journeys", { json: person });
}

export function readJourney(access: JourneyAccess, signal?: AbortSignal): Promise<Journey> {
  return request("GET", journey(access), { token: access.token, ...(signal && { signal }) });
}

export function openCapture(access: JourneyAccess): Promise<CaptureOpened> {
  return request("POST", `${journey(access)}/captures`, { token: access.token, timeout: 60_000 });
}

/** Sends one JPEG. The answer says what to do next; only then may the next be sent. */
export function sendFrame(access: JourneyAccess, capture: string, sequence: number, jpeg: Blob, signal: AbortSignal): Promise<FrameAnswer> {
  const path = `${journey(access)}/captures/${encodeURIComponent(capture)}/frames?seq=${sequence}`;
  return request("POST", path, { body: jpeg, token: access.token, signal, timeout: 30_000 });
}
