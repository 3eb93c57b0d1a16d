import type { Decision } from "@mibun/api-client";

/** The decision that ended the last capture, so that the next screen need not ask for it again. */
class LastDecision {
  value: Decision | undefined = $state.raw();
}

export const lastDecision = new LastDecision();
