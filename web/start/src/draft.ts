/** What a visitor has typed so far. */
export interface Draft {
  family_name: string;
  given_name: string;
  family_name_native: string;
  given_name_native: string;
  birthdate: string;
  sex: string;
  nationality: string;
  address: string;
}

export type Fault = "missing" | "latin" | "birthdate";

export const EMPTY: Draft = { family_name: "", given_name: "", family_name_native: "", given_name_native: "", birthdate: "", sex: "9", nationality: "JP", address: "" };

const LATIN = /^[\p{Script=Latin}\p{M}' .-]+$/u;
const REQUIRED = ["family_name", "given_name", "birthdate", "address"] as const;

/** What is wrong with `draft`, by field. `today` is `YYYY-MM-DD`. */
export function faults(draft: Draft, today: string): Partial<Record<keyof Draft, Fault>> {
  const found: Partial<Record<keyof Draft, Fault>> = {};
  for (const name of REQUIRED) if (draft[name].trim() === "") found[name] = "missing";
  for (const name of ["family_name", "given_name"] as const) if (!found[name] && !LATIN.test(draft[name].trim())) found[name] = "latin";
  if (!found.birthdate && !(draft.birthdate > "1900-01-01" && draft.birthdate <= today)) found.birthdate = "birthdate";
  return found;
}
