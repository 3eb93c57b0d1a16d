import { request } from "./request";
import type { AuditEntry, CardRecord, CardStatus, Counts, FaceModels, JourneyRecord, JourneySummary, Officer, Person, PersonPage } from "./types";

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

export function findPeople(query: string, page: number, signal?: AbortSignal): Promise<PersonPage> {
  return request("GET", `${root}/people?query=${part(query)}&page=${page}`, signal ? { signal } : {});
}

export function readPerson(id: string): Promise<Person> {
  return request("GET", `${root}/people/${part(id)}`);
}

export function referredJourneys(): Promise<JourneySummary[]> {
  return request("GET", `${root}/journeys?state=referred`);
}

export function readReferredJourney(id: string): Promise<JourneyRecord> {
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

export function setCardStatus(id: string, change: { status: CardStatus; reason: string }): Promise<void> {
  return request("POST", `${root}/cards/${part(id)}/status`, { json: change });
}

export function readModels(): Promise<FaceModels> {
  return request("GET", `${root}/models`);
}

export function readAudit(): Promise<AuditEntry[]> {
  return request("GET", `${root}/audit`);
}
