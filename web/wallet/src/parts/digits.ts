/** The digits of what was typed, full-width ones included; at most eight. */
export function digitsOf(typed: string): string {
  return typed.normalize("NFKC").replaceAll(/[^0-9]/g, "").slice(0, 8);
}

/** Lets the page paint before the browser is busy for a moment: the password protocol stretches the digits. */
export function painted(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60));
}
