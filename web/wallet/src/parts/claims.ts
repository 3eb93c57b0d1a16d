import { showClaim, type ShownClaim } from "@mibun/ui";
import { valueAt, type ClaimPath, type Claims } from "../protocol/card";
import { namesOf } from "../protocol/path";
import { text } from "../messages";

/** What a claim is called. Claims the wallet has no word for keep their own name. */
export function labelOf(path: ClaimPath): string {
  const [first, years] = namesOf(path);
  if (first === "age_equal_or_over" && years !== undefined) return text().ageOver(years);
  const name = namesOf(path).join(".");
  return (text().claims as Record<string, string>)[name] ?? name;
}

export function show(claims: Claims, path: ClaimPath): ShownClaim {
  return showClaim(namesOf(path), valueAt(claims, path));
}

/** The whole name, native script first where the card has it. */
export function nameOf(claims: Claims): { main: string; latin: string | undefined } {
  const part = (name: string) => (typeof claims[name] === "string" ? claims[name] : "");
  const latin = `${part("given_name")} ${part("family_name")}`.trim();
  const native = `${part("family_name_native")} ${part("given_name_native")}`.trim();
  return native ? { main: native, latin } : { main: latin, latin: undefined };
}

/** The paths of everything that a card says, one per line of the list, in the order of the catalogue. */
export function linesOf(claims: Claims): (readonly string[])[] {
  const order = Object.keys(text().claims);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const names = Object.keys(claims).sort((a, b) => place(a) - place(b));
  return names.flatMap((name) => {
    const value = claims[name];
    const isSplit = name === "age_equal_or_over" && typeof value === "object" && value !== null;
    return isSplit ? Object.keys(value).map((inner) => [name, inner]) : [[name]];
  });
}
