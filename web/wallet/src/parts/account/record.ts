import { showClaim } from "@mibun/ui";
import { labelOf } from "../claims";

/** Names of the register's record that cards call otherwise. */
const CARD_NAMES: Record<string, string> = { number: "personal_administrative_number", document_valid_until: "date_of_expiry" };

/** The lines of a register's record as a person reads them, pictures aside. */
export function recordLines(record: Record<string, unknown>): [label: string, value: string][] {
  return Object.entries(record).flatMap(([name, value]) => {
    const path = [CARD_NAMES[name] ?? name];
    const shown = showClaim(path, value);
    return shown.kind === "text" && shown.text ? [[labelOf(path), shown.text] as [string, string]] : [];
  });
}
