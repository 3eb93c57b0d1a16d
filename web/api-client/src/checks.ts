import { request } from "./request";
import type { Check } from "./types";

const check = (id: string) => `/api/checks/${encodeURIComponent(id)}`;

export function openCheck(wish: { scene: string; way: "same_device" | "window" }): Promise<Check> {
  return request("POST", "/api/checks", { json: wish });
}

export function readCheck(id: string, signal?: AbortSignal): Promise<Check> {
  return request("GET", check(id), signal ? { signal } : {});
}

/** The address of the check's stream of events; the data of each event named `check` is a `Check`. */
export function checkEvents(id: string): string {
  return `${check(id)}/events`;
}
