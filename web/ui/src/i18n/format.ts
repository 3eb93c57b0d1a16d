import { language } from "./language.svelte";

/** The reader's own variety of the page's language, such as British English, where the browser names one. */
function locale(): string {
  const primary = language.current.slice(0, 2);
  const wishes = typeof navigator === "undefined" ? [] : navigator.languages;
  return wishes.find((wish) => wish.slice(0, 2) === primary) ?? language.current;
}

/** A calendar day, from `YYYY-MM-DD`, the way the reader writes days. */
export function day(iso: string): string {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone: "UTC" }).format(date);
}

/** An instant, from RFC 3339 or seconds since the epoch, in the reader's own time zone. */
export function instant(value: string | number): string {
  const date = typeof value === "number" ? new Date(value * 1000) : new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(date);
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
  return new Intl.NumberFormat(locale()).format(value);
}
