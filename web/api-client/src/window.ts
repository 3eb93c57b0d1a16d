import { pageAfter } from "./pages";
import { address, request } from "./request";
import type { Check, WindowInfo } from "./types";

export function signInWindow(credentials: { window: string; secret: string }): Promise<void> {
  return request("POST", "/api/window/session", { json: credentials });
}

export function signOutWindow(): Promise<void> {
  return request("DELETE", "/api/window/session");
}

export function readWindow(): Promise<WindowInfo> {
  return request("GET", "/api/window");
}

/** A page of the answers that the window still keeps for a scene, newest first: the first, or the one after a row. */
export function listGuests(scene: string, after?: Check): Promise<Check[]> {
  return request("GET", "/api/window/guests", { query: { scene, ...pageAfter(after) } });
}

/** Where the browser downloads the list as CSV. */
export function guestsCsv(scene: string): string {
  return address("/api/window/guests.csv", { query: { scene } });
}

export function deleteGuest(id: string): Promise<void> {
  return request("DELETE", "/api/window/guests/{id}", { at: { id } });
}
