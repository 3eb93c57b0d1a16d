import { address, request } from "./request";
import type { Check } from "./types";

export function openCheck(wish: { scene: string; way: "same_device" | "window" }): Promise<Check> {
  return request("POST", "/api/checks", { json: wish });
}

export function readCheck(id: string, signal?: AbortSignal): Promise<Check> {
  return request("GET", "/api/checks/{id}", { at: { id }, ...(signal && { signal }) });
}

/** The address of the check's stream of events; the data of each event named `check` is a `Check`. */
export function checkEvents(id: string): string {
  return address("/api/checks/{id}/events", { at: { id } });
}
