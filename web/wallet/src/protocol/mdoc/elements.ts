import type { Claims } from "../card";

/** Where a claim of the catalogue stands: no element is but a part of one. */
type Names = readonly string[];

/** Where an element stands: namespace and name. */
export type ElementPath = readonly [namespace: string, name: string];

/** The one type of document that the authority issues: EUDI PID Rulebook, chapter 3. */
export const DOCTYPE = "eu.europa.ec.eudi.pid.1";
/** Of elements that the rulebook has no name for, and of what the keeper of a key says itself. */
export const OWN_NAMESPACE = "mibun.pid.1";

const AGES = ["14", "16", "18", "20", "21", "65"];

/** Under which claim of the catalogue each element is known; the names differ where the rulebook's two formats do. */
const CLAIMS: ReadonlyMap<string, Names> = new Map([
  ...same(DOCTYPE, ["family_name", "given_name", "place_of_birth", "personal_administrative_number", "sex", "issuing_authority", "issuing_country", "document_number"]),
  ...other({
    birth_date: ["birthdate"],
    nationality: ["nationalities"],
    resident_address: ["address", "formatted"],
    resident_country: ["address", "country"],
    resident_state: ["address", "region"],
    resident_city: ["address", "locality"],
    resident_postal_code: ["address", "postal_code"],
    resident_street: ["address", "street_address"],
    resident_house_number: ["address", "house_number"],
    portrait: ["picture"],
    family_name_birth: ["birth_family_name"],
    expiry_date: ["date_of_expiry"],
    issuance_date: ["date_of_issuance"],
  }),
  ...same(OWN_NAMESPACE, ["family_name_native", "given_name_native", "assurance_level", "evidence"]),
  ...AGES.map((years): [string, Names] => [keyOf([OWN_NAMESPACE, `age_over_${years}`]), ["age_equal_or_over", years]]),
]);

/** The claim that an element carries; `undefined` for one that the catalogue does not have. */
export function claimOf(path: ElementPath): Names | undefined {
  return CLAIMS.get(keyOf(path));
}

/** Puts the value of an element where its claim stands. */
export function place(claims: Claims, path: Names, value: unknown): void {
  const [first = "", ...rest] = path;
  if (rest.length === 0) {
    claims[first] = value;
    return;
  }
  const inner = (claims[first] ??= {}) as Claims;
  place(inner, rest, value);
}

function same(namespace: string, names: readonly string[]): [string, Names][] {
  return names.map((name) => [keyOf([namespace, name]), [name]]);
}

function other(names: Record<string, Names>): [string, Names][] {
  return Object.entries(names).map(([name, claim]) => [keyOf([DOCTYPE, name]), claim]);
}

function keyOf([namespace, name]: ElementPath): string {
  return `${namespace} ${name}`;
}
