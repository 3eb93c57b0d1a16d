/** Why eight digits will not do as an ID password; the first reason in this order is named. */
export type Weakness = "form" | "repetition" | "sequence" | "date" | "own_number";

const DIGITS = 8;
/** From this many digits in a row on, a password must not share them with its holder's number. */
const OWN_RUN = 6;
const LEAST_DIFFERENT = 4;
const FIRST_YEAR = 1900;

/**
 * What is wrong with `password` for the holder of `number`, of which only the digits count. The authority never sees a
 * password, so the rules are here; they are those of its own program, and tested with the same cases.
 */
export function weakness(password: string, number: string, today: Date): Weakness | undefined {
  if (!/^[0-9]{8}$/.test(password)) return "form";
  if (repeats(password)) return "repetition";
  if (counts(password)) return "sequence";
  if (isDate(password, today)) return "date";
  if (sharesRun(password, number.replaceAll(/[^0-9]/g, ""))) return "own_number";
  return undefined;
}

/** Few different digits, one half twice, mirrored halves, or four pairs. */
function repeats(password: string): boolean {
  const first = password.slice(0, DIGITS / 2);
  const second = password.slice(DIGITS / 2);
  const mirrored = [...second].reverse().join("");
  return new Set(password).size < LEAST_DIFFERENT || first === second || first === mirrored || /^(?:(.)\1){4}$/.test(password);
}

/** Every digit is the one before plus the same number, 9 being followed by 0. */
function counts(password: string): boolean {
  const digits = [...password].map(Number);
  const steps = digits.slice(1).map((digit, at) => (digit + 10 - (digits[at] ?? 0)) % 10);
  return new Set(steps).size === 1;
}

/** A day between 1900 and the end of this year, in one of the orders in which people write days without signs between. */
function isDate(password: string, today: Date): boolean {
  const number = (from: number, to: number) => Number(password.slice(from, to));
  const readings = [
    [number(0, 4), number(4, 6), number(6, 8)],
    [number(4, 8), number(2, 4), number(0, 2)],
    [number(4, 8), number(0, 2), number(2, 4)],
  ] as const;
  return readings.some(([year, month, day]) => year >= FIRST_YEAR && year <= today.getUTCFullYear() && exists(year, month, day));
}

function exists(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function sharesRun(password: string, number: string): boolean {
  return Array.from({ length: DIGITS - OWN_RUN + 1 }, (_, at) => password.slice(at, at + OWN_RUN)).some((run) => number.includes(run));
}
