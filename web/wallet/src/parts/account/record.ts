import { showClaim } from "@mibun/ui";
import { valueAt } from "../../protocol/card";
import { labelOf, linesOf } from "../claims";

/** Names of the register's record that cards call otherwise. */
const CARD_NAMES: Record<string, string> = { number: "personal_administrative_number", document_valid_until: "date_of_expiry" };

/** The lines of a register's record as a person reads them, pictures aside. */
export function recordLines(record: Record<string, unknown>): [label: string, value: string][] {
  const claims = Object.fromEntries(Object.entries(record).map(([name, value]) => [CARD_NAMES[name] ?? name, value]));
  return linesOf(claims).flatMap((path) => {
    const shown = showClaim(path, valueAt(claims, path));
    return shown.kind === "text" && shown.text ? [[labelOf(path), shown.text] as [string, string]] : [];
  });
}

/** What `name`, one of the authority's, is called in `words`; legible even where this wallet does not know it yet. */
export function inWords(words: Record<string, string>, name: string): string {
  return words[name] ?? name.replaceAll("_", " ");
}
