import { request } from "./request";
import type { CheckOpened, CheckState } from "./types";

const check = (id: string) => `/api/checks/${encodeURIComponent(id)}`;

export function openCheck(wish: { scene: string; way: "same_device" | "window"; return_to?: string }): Promise<CheckOpened> {
  return request("POST", "/api/checks", { json: wish });
}

export function readCheck(id: string, signal?: AbortSignal): Promise<CheckState> {
  return request("GET", check(id), signal ? { signal } : {});
}

/** The address of the check's stream of events; each event's data is a `CheckState`. */
export function checkEvents(id: string): string {
  return `${check(id)}/events`;
}
