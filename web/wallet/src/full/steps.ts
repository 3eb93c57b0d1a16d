import type { Journey } from "@mibun/api-client";

/** What leads to a full card, in this order. */
export const STEPS = ["document", "password", "face", "card"] as const;

export type Step = (typeof STEPS)[number];

/** Where a journey to a full card stands. */
export function stepOf({ state, chip, password }: Pick<Journey, "state" | "chip" | "password">): Step {
  if (state === "accepted" || state === "collected") return "card";
  if (!chip) return "document";
  return password ? "face" : "password";
}

/** Whether the person still has something to do before the decision; what comes after it is told elsewhere. */
export function isUnderWay({ state }: Pick<Journey, "state">): boolean {
  return state === "open" || state === "capturing";
}
