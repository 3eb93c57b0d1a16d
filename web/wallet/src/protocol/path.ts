/** A step of a path: the name of a member, the place of an element from 0, or `null` for every element. */
export type Step = string | number | null;

/** Where a claim stands (OpenID4VP 1.0 section 7), outermost step first. */
export type ClaimPath = readonly Step[];

/** The names of a path alone: what a person reads does not depend on places. */
export function namesOf(path: ClaimPath): readonly string[] {
  return path.filter((step) => typeof step === "string");
}

/** A path as one text. */
export function written(path: ClaimPath): string {
  return path.map((step) => step ?? "*").join(".");
}

/** What stands at a path; nothing where it does not fit what is there, anywhere. */
export function select(claims: unknown, path: ClaimPath): readonly unknown[] {
  let found: readonly unknown[] = [claims];
  for (const step of path) {
    const inner = found.map((value) => follow(value, step));
    // One value of another kind ends the whole path (OpenID4VP 1.0 section 7.3).
    if (inner.includes(undefined)) return [];
    found = inner.flatMap((values) => values ?? []);
  }
  return found;
}

/** What one step leads to from `value`, `undefined` where such a step cannot be taken from there. */
function follow(value: unknown, step: Step): readonly unknown[] | undefined {
  if (typeof step === "string") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
  }
  if (!Array.isArray(value)) return undefined;
  return step === null ? value : value.slice(step, step + 1);
}

/** Whether `place`, which names every step, lies on the way to what `path` selects, at it or inside of it. */
export function touches(path: ClaimPath, place: ClaimPath): boolean {
  return path.every((step, at) => at >= place.length || step === place[at] || (step === null && typeof place[at] === "number"));
}
