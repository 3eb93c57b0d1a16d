import { ApiError } from "./error";
import type { paths } from "./schema";

type Method = "GET" | "POST" | "DELETE";

/** An address that the server describes, with its parameters in braces. */
export type Path = keyof paths;

/** An access token that is good with a proof of its key alone (RFC 9449). */
export interface BoundToken {
  token: string;
  /** A proof for one request to an address of this server, under its nonce once it has given one. */
  prove(method: Method, address: string, nonce: string | undefined): Promise<string>;
}

export interface RequestOptions {
  /** Values for the names in braces. */
  at?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is: an image, a form. */
  body?: Blob | FormData;
  /** Bearer token of a journey, or what a card is collected with. */
  token?: string | BoundToken;
  signal?: AbortSignal;
  /** After how long to give up, in milliseconds. */
  timeout?: number;
}

const DEFAULT_TIMEOUT = 20_000;

/**
 * Asks the server and returns its JSON answer, `undefined` where it answers without a body.
 *
 * @throws {ApiError} for every refusal, lost connection and time-out.
 */
export async function request<T>(method: Method, path: Path, options: RequestOptions = {}): Promise<T> {
  const response = await proven(method, path, options);
  if (!response.ok) throw await ApiError.fromResponse(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError("unreadable", response.status);
  }
}

/** The first proof teaches the nonce that the second one carries. */
async function proven(method: Method, path: Path, options: RequestOptions): Promise<Response> {
  const { token } = options;
  if (typeof token !== "object") return send(method, path, options);
  const once = async (nonce?: string) => send(method, path, options, await token.prove(method, address(path, options), nonce));
  const response = await once();
  const nonce = response.headers.get("dpop-nonce");
  return response.status === 401 && nonce ? once(nonce) : response;
}

async function send(method: Method, path: Path, options: RequestOptions, proof?: string): Promise<Response> {
  const limit = AbortSignal.timeout(options.timeout ?? DEFAULT_TIMEOUT);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    return await fetch(address(path, options), { method, headers: headers(method, options, proof), body: body(options), signal, credentials: "same-origin", cache: "no-store" });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(limit.aborted ? "timeout" : "offline", 0);
  }
}

/** The address of `path` with its parameters filled in. */
export function address(path: Path, { at = {}, query = {} }: Pick<RequestOptions, "at" | "query"> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? ""));
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size > 0 ? `${filled}?${parameters}` : filled;
}

function headers(method: Method, { json, token }: RequestOptions, proof: string | undefined): Headers {
  const headers = new Headers({ accept: "application/json" });
  // A form or link of another site cannot send this header; the server wants it on everything that changes state.
  if (method !== "GET") headers.set("x-mibun", "1");
  if (json !== undefined) headers.set("content-type", "application/json");
  if (typeof token === "object") headers.set("authorization", `DPoP ${token.token}`);
  else if (token) headers.set("authorization", `Bearer ${token}`);
  if (proof) headers.set("dpop", proof);
  return headers;
}

function body({ json, body }: RequestOptions): BodyInit | null {
  if (json !== undefined) return JSON.stringify(json);
  return body ?? null;
}
