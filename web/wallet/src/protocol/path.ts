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

/** The same paths, each once: an asker may name one under two names. */
export function distinct(paths: readonly ClaimPath[]): readonly ClaimPath[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

interface Placed {
  value: unknown;
  place: ClaimPath;
}

/** Where the innermost values of what a path selects stand: paths that select the same have the same places. */
export function placesOf(claims: unknown, path: ClaimPath): readonly string[] {
  let found: readonly Placed[] = [{ value: claims, place: [] }];
  for (const step of path) found = found.flatMap((one) => inside(one).filter(({ place }) => step === null || place.at(-1) === step));
  return found.flatMap(innermost).map(({ place }) => JSON.stringify(place));
}

function innermost(one: Placed): readonly Placed[] {
  const inner = inside(one);
  return inner.length > 0 ? inner.flatMap(innermost) : [one];
}

function inside({ value, place }: Placed): readonly Placed[] {
  if (Array.isArray(value)) return value.map((inner: unknown, at) => ({ value: inner, place: [...place, at] }));
  return typeof value === "object" && value !== null ? Object.entries(value).map(([name, inner]) => ({ value: inner, place: [...place, name] })) : [];
}

/** Whether `place`, which names every step, lies on the way to what `path` selects, at it or inside of it. */
export function touches(path: ClaimPath, place: ClaimPath): boolean {
  return path.every((step, at) => at >= place.length || step === place[at] || (step === null && typeof place[at] === "number"));
}
