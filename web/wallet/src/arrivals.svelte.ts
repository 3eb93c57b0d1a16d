import type { OpenJourney } from "./store/settings";
import type { HeldCard } from "./store/cards";
import type { Arrival } from "./watching.svelte";

/** Cards that have come in, each to be greeted once, on its own screen, and what they were had with. Never stored. */
export class Arrivals {
  #come: readonly Arrival[] = [];

  add(arrival: Arrival): void {
    this.#come = [...this.#come.filter(({ id }) => id !== arrival.id), arrival];
  }

  /** The arrival of this card, once; those of others stay. */
  take(id: string): Arrival | undefined {
    const found = this.#come.find((one) => one.id === id);
    this.#come = this.#come.filter((one) => one !== found);
    return found;
  }
}

/** Whether a card is what an enrolment was to lead to: then nothing of it is left to do. */
export function isEndOf(journey: OpenJourney, { claims }: HeldCard): boolean {
  const isEnough = claims["assurance_level"] === "full" || journey.goal !== "full";
  return isEnough && claims["personal_administrative_number"] === journey.number.trim();
}
