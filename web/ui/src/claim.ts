import { common } from "./i18n/common";
import * as format from "./i18n/format";

/** A card's claim as a person reads it: words, or the picture itself. */
export type ShownClaim = { kind: "text"; text: string } | { kind: "picture"; source: string };

const PICTURE = /^data:image\/(jpeg|png);base64,/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const COUNTRIES = /(^|\.)(country|issuing_country|nationalities)$/;

/** How the value of the claim at `path` is shown. */
export function showClaim(path: readonly string[], value: unknown): ShownClaim {
  if (path[0] === "picture" && typeof value === "string" && PICTURE.test(value)) return { kind: "picture", source: value };
  return { kind: "text", text: inWords(path, value) };
}

export function levelName(value: unknown): string {
  return value === "full" ? common().level.full : common().level.light;
}

function inWords(path: readonly string[], value: unknown): string {
  const name = path.join(".");
  if (value === undefined || value === null) return "";
  if (name === "assurance_level") return levelName(value);
  if (name === "sex") return sexName(value);
  if (name === "evidence") return common().evidence(Array.isArray(value) ? value.length : 1);
  if (COUNTRIES.test(name)) return [value].flat().map((code) => format.country(String(code))).join(", ");
  if (typeof value === "string") return DAY.test(value) ? format.day(value) : value;
  if (typeof value === "boolean") return value ? common().yes : common().no;
  return typeof value === "object" ? nested(path, value) : String(value);
}

function nested(path: readonly string[], value: object): string {
  if ("formatted" in value) return String(value.formatted);
  const parts = Object.entries(value).map(([key, inner]) => inWords([...path, key], inner));
  return parts.filter(Boolean).join(", ");
}

function sexName(value: unknown): string {
  const names = common().sex;
  return String(value) === "1" ? names["1"] : String(value) === "2" ? names["2"] : names.other;
}
