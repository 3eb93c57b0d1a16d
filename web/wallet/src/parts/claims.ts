import { common, format } from "@mibun/ui";
import { valueAt, type ClaimPath, type Claims } from "../protocol/card";
import { text } from "../messages";

/** A value as a person reads it: words, or the picture itself. */
export type Shown = { kind: "text"; text: string } | { kind: "picture"; source: string };

/** What a claim is called. Claims the wallet has no word for keep their own name. */
export function labelOf(path: ClaimPath): string {
  const name = path.join(".");
  return (text().claims as Record<string, string>)[name] ?? name;
}

export function show(claims: Claims, path: ClaimPath): Shown {
  const value = valueAt(claims, path);
  if (path[0] === "picture" && typeof value === "string" && /^data:image\/(jpeg|png);base64,/.test(value)) return { kind: "picture", source: value };
  return { kind: "text", text: inWords(path, value) };
}

function inWords(path: ClaimPath, value: unknown): string {
  const name = path.join(".");
  if (name === "assurance_level") return levelName(value);
  if (name === "sex") return sexName(value);
  if (name === "evidence") return text().evidenceText(Array.isArray(value) ? value.length : 1);
  if (/country$|^nationalities$/.test(name)) return listOf(value).map((code) => format.country(String(code))).join(", ");
  if (typeof value === "string") return /^\d{4}-\d{2}-\d{2}$/.test(value) ? format.day(value) : value;
  if (typeof value === "boolean") return value ? common().yes : common().no;
  if (typeof value === "object" && value !== null) return nested(path, value);
  return value === undefined || value === null ? "" : String(value);
}

function nested(path: ClaimPath, value: object): string {
  if (!Array.isArray(value) && "formatted" in value) return String(value.formatted);
  const parts = Object.entries(value).map(([key, inner]) => inWords([...path, key], inner));
  return parts.filter(Boolean).join(", ");
}

export function levelName(value: unknown): string {
  return value === "full" ? common().level.full : common().level.light;
}

function sexName(value: unknown): string {
  const names = common().sex;
  return String(value) === "1" ? names["1"] : String(value) === "2" ? names["2"] : names.other;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The whole name, native script first where the card has it. */
export function nameOf(claims: Claims): { main: string; latin: string | undefined } {
  const part = (name: string) => (typeof claims[name] === "string" ? claims[name] : "");
  const latin = `${part("given_name")} ${part("family_name")}`.trim();
  const native = `${part("family_name_native")} ${part("given_name_native")}`.trim();
  return native ? { main: native, latin } : { main: latin, latin: undefined };
}

/** The paths of everything that a card says, one per line of the list. */
export function linesOf(claims: Claims): ClaimPath[] {
  return Object.keys(claims).flatMap((name) => {
    const value = claims[name];
    const isSplit = name === "age_equal_or_over" && typeof value === "object" && value !== null;
    return isSplit ? Object.keys(value).map((inner) => [name, inner]) : [[name]];
  });
}
