import { language } from "./language.svelte";

/** A calendar day, from `YYYY-MM-DD`, the way the reader writes days. */
export function day(iso: string): string {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(language.current, { dateStyle: "long", timeZone: "UTC" }).format(date);
}

/** An instant, from RFC 3339 or seconds since the epoch, in the reader's own time zone. */
export function instant(value: string | number): string {
  const date = typeof value === "number" ? new Date(value * 1000) : new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  return new Intl.DateTimeFormat(language.current, { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** The name of a country from its two-letter code; the code itself where there is no name. */
export function country(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  try {
    return new Intl.DisplayNames([language.current], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A whole number with the reader's separators. */
export function whole(value: number): string {
  return new Intl.NumberFormat(language.current).format(value);
}
