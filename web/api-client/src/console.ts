import { pageAfter } from "./pages";
import { address, request } from "./request";
import type { AuditEntry, CardRecord, CardStatus, Counts, FaceModels, Officer, Person, PersonPage, PersonStatus, Referral, Trust } from "./types";

export function signInOfficer(credentials: { name: string; password: string; totp: string }): Promise<void> {
  return request("POST", "/api/console/session", { json: credentials });
}

export function signOutOfficer(): Promise<void> {
  return request("DELETE", "/api/console/session");
}

export function readOfficer(): Promise<Officer> {
  return request("GET", "/api/console/me");
}

export function readCounts(): Promise<Counts> {
  return request("GET", "/api/console/counts");
}

/** People by whole number or whole name; an empty query lists everybody, page by page. */
export function findPeople(query: string, after?: string): Promise<PersonPage> {
  return request("GET", "/api/console/people", { query: { query, after } });
}

export function readPerson(id: string): Promise<Person> {
  return request("GET", "/api/console/people/{id}", { at: { id } });
}

/** Sets where a person's record stands; answers how many cards were revoked, suspended or resumed with it. */
export async function setPersonStatus(id: string, change: { status: PersonStatus; reason: string }): Promise<number> {
  return (await request<{ cards_changed: number }>("POST", "/api/console/people/{id}/status", { at: { id }, json: change })).cards_changed;
}

/** Where the register's portrait of a person is. */
export function portrait(id: string): string {
  return address("/api/console/people/{id}/portrait", { at: { id } });
}

/** A page of the journeys that wait, oldest first: the first, or the one after a row. */
export function referrals(after?: Referral): Promise<Referral[]> {
  return request("GET", "/api/console/journeys", { query: pageAfter(after) });
}

export function readReferral(id: string): Promise<Referral> {
  return request("GET", "/api/console/journeys/{id}", { at: { id } });
}

/** Where the picture of one side of the comparison is. */
export function facePicture(id: string, face: "live" | "register" | "chip"): string {
  return address("/api/console/journeys/{id}/faces/{face}", { at: { id, face } });
}

export function decideJourney(id: string, decision: { outcome: "accept" | "reject"; reason: string }): Promise<void> {
  return request("POST", "/api/console/journeys/{id}/decision", { at: { id }, json: decision });
}

export function setCardStatus(id: string, change: { status: CardStatus; reason: string }): Promise<CardRecord> {
  return request("POST", "/api/console/cards/{id}/status", { at: { id }, json: change });
}

export function readModels(): Promise<FaceModels> {
  return request("GET", "/api/console/models");
}

export function readTrust(): Promise<Trust> {
  return request("GET", "/api/console/trust");
}

/** The newest entries, or those before the entry numbered `before`. */
export function readAudit(before?: number): Promise<AuditEntry[]> {
  return request("GET", "/api/console/audit", { query: { before } });
}
