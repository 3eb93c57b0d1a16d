import { text } from "../messages";

/** Why a case was referred, in words; reasons without words keep their name. */
export function reasonText(code: string): string {
  return (text().reasons as Record<string, string>)[code] ?? code.replaceAll("_", " ");
}
