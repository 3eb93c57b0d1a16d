/** Why the server did not do what was asked: a code that pages turn into a sentence. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** The problem document's `code`, or `offline`, `timeout`, `unreadable` where there is none. */
    readonly code: string,
    /** The HTTP status; 0 where there was no answer. */
    readonly status: number,
    /** Seconds to wait before the next try, where the server says so. */
    readonly retryAfter?: number,
    /** The server's own words, for logs and support; never shown alone. */
    readonly detail?: string,
  ) {
    super(`${code} (${status})`);
  }

  static async fromResponse(response: Response): Promise<ApiError> {
    const problem = await readProblem(response);
    const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
    const code = problem.code ?? fallbackCode(response.status);
    return new ApiError(code, response.status, Number.isFinite(wait) ? wait : undefined, problem.detail);
  }
}

interface Problem {
  code?: string;
  detail?: string;
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const value: unknown = await response.json();
    if (typeof value !== "object" || value === null) return {};
    const { code, error, detail, error_description: description } = value as Record<string, unknown>;
    return { ...text("code", code ?? error), ...text("detail", detail ?? description) };
  } catch {
    return {};
  }
}

function text<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return typeof value === "string" ? ({ [key]: value } as { [P in K]: string }) : {};
}

function fallbackCode(status: number): string {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "too_large";
  if (status === 429) return "too_many_requests";
  if (status >= 500) return status === 503 ? "busy" : "internal";
  return "bad_request";
}
