import { request } from "./request";
import type { AuditEntry, CardRecord, CardStatus, Counts, FaceModels, Officer, Person, PersonPage, Referral } from "./types";

const root = "/api/console";
const part = encodeURIComponent;

export function signInOfficer(credentials: { name: string; password: string; totp: string }): Promise<void> {
  return request("POST", `${root}/session`, { json: credentials });
}

export function signOutOfficer(): Promise<void> {
  return request("DELETE", `${root}/session`);
}

export function readOfficer(): Promise<Officer> {
  return request("GET", `${root}/me`);
}

export function readCounts(): Promise<Counts> {
  return request("GET", `${root}/counts`);
}

/** People by whole number or whole name; an empty query lists everybody, page by page. */
export function findPeople(query: string, after: string | undefined, signal?: AbortSignal): Promise<PersonPage> {
  const parameters = new URLSearchParams({ query, ...(after && { after }) });
  return request("GET", `${root}/people?${parameters}`, signal ? { signal } : {});
}

export function readPerson(id: string): Promise<Person> {
  return request("GET", `${root}/people/${part(id)}`);
}

/** Where the register's portrait of a person is. */
export function portrait(id: string): string {
  return `${root}/people/${part(id)}/portrait`;
}

export function referrals(): Promise<Referral[]> {
  return request("GET", `${root}/journeys`);
}

export function readReferral(id: string): Promise<Referral> {
  return request("GET", `${root}/journeys/${part(id)}`);
}

/** Where the picture of one side of the comparison is. */
export function facePicture(id: string, side: "live" | "register"): string {
  return `${root}/journeys/${part(id)}/faces/${side}`;
}

export function decideJourney(id: string, decision: { outcome: "accept" | "reject"; reason: string }): Promise<void> {
  return request("POST", `${root}/journeys/${part(id)}/decision`, { json: decision });
}

export function listCards(person: string): Promise<CardRecord[]> {
  return request("GET", `${root}/cards?person=${part(person)}`);
}

export function setCardStatus(id: string, change: { status: CardStatus; reason: string }): Promise<CardRecord> {
  return request("POST", `${root}/cards/${part(id)}/status`, { json: change });
}

export function readModels(): Promise<FaceModels> {
  return request("GET", `${root}/models`);
}

/** The newest entries, or those before the entry numbered `before`. */
export function readAudit(before?: number): Promise<AuditEntry[]> {
  return request("GET", before === undefined ? `${root}/audit` : `${root}/audit?before=${before}`);
}
