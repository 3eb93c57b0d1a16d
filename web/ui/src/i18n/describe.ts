import { common } from "./common";

/** The parts of a refusal that decide what a person is told. */
interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly retryAfter?: number;
}

/** A sentence that says what to do about `error`, whatever it is. */
export function describe(error: unknown): string {
  const words = common().error;
  if (!isRefusal(error)) return words.unknown;
  if (error.code === "too_many_requests") return words.tooMany(error.retryAfter ?? 60);
  const known = SENTENCES[error.code];
  if (known) return words[known];
  return error.status >= 400 && error.status < 500 ? words.wrongInput : words.unknown;
}

type Sentence = "offline" | "timeout" | "busy" | "unauthorized" | "forbidden" | "notFound" | "gone" | "changed" | "notNow" | "taken" | "tooLarge";

const SENTENCES: Partial<Record<string, Sentence>> = {
  offline: "offline",
  timeout: "timeout",
  busy: "busy",
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  not_found: "notFound",
  gone: "gone",
  changed: "changed",
  not_possible_now: "notNow",
  taken: "taken",
  too_large: "tooLarge",
};

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && "code" in error && "status" in error && typeof error.code === "string" && typeof error.status === "number";
}
