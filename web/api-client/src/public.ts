import { request } from "./request";
import type { About, NewPerson, PersonAdded, Scene } from "./types";

export function readAbout(): Promise<About> {
  return request("GET", "/api/about");
}

export function readScenes(): Promise<Scene[]> {
  return request("GET", "/api/scenes");
}

/** Demonstration only: adds a visitor to the register. */
export function addPerson(person: NewPerson): Promise<PersonAdded> {
  const form = new FormData();
  for (const [name, value] of Object.entries(person)) form.append(name, value);
  return request("POST", "/api/demo/people", { body: form, timeout: 60_000 });
}
