const LENGTH = 20;
const GROUP = 4;

/** A revocation code however it was typed: in small letters, with spaces or hyphens, full-width. */
export function normalCode(typed: string): string {
  return typed.normalize("NFKC").replaceAll(/[^0-9A-Za-z]/g, "").toUpperCase();
}

/** Whether it can be a code: one that cannot costs no try. No letter in a code is taken for a digit, nor for another. */
export function isCode(code: string): boolean {
  return code.length === LENGTH && /^[2-9A-HJKMNP-Z]+$/.test(code);
}

/** A code as it stands on paper: in groups of four. */
export function groups(code: string): string[] {
  return code.match(new RegExp(`.{1,${GROUP}}`, "g")) ?? [];
}
