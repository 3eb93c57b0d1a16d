const KEY = "mibun.window.check";

/** The check that this tab showed last; other tabs have their own, and a reload keeps it. */
export function lastShown(): string | undefined {
  return kept()?.getItem(KEY) ?? undefined;
}

/** Notes the check that this tab shows now. */
export function nowShown(check: string): void {
  try {
    kept()?.setItem(KEY, check);
  } catch {
    // A full or closed store: what was shown is then forgotten by the clock.
  }
}

/** Nothing where the browser keeps nothing for pages. */
function kept(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
