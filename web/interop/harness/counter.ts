import type { Access } from "../../e2e/harness/server";

const LIMIT_MS = 10_000;

/** A check as the counter sees it; only what the tests look at. */
export interface Check {
  id: string;
  state: string;
  link: string | null;
  verdict: { outcome: string; level: string | null; checks: { name: string; passed: boolean }[]; refusal: { code: string } | null; fields: { path: string[]; value: unknown }[] } | null;
}

/** How a check is asked. */
export interface Asking {
  scene: string;
  encrypted?: boolean;
  /** The card's own format unless said otherwise. */
  format?: "mso_mdoc" | "either";
}

/** What a page hands to its browser, and gets back from it. */
export interface Call {
  protocol: string;
  data: Record<string, unknown>;
}

/** A check that was opened in a page, for its browser. */
export interface PageCheck {
  requests: Call[];
  /** Brings back what a wallet answered. */
  bring(answer: Call): Promise<Check>;
}

/** The window of an organisation, over its interface. */
export class Counter {
  private constructor(
    private readonly origin: string,
    private readonly cookie: string,
  ) {}

  static async signIn({ origin, window }: Access): Promise<Counter> {
    const access = new URLSearchParams(new URL(window).hash.slice(1));
    const response = await send(`${origin}/api/window/session`, "POST", { window: access.get("window"), secret: access.get("secret") });
    if (!response.ok) throw new Error(`the window did not open: ${response.status}`);
    return new Counter(origin, response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; "));
  }

  /** Asks for what the scene asks for. */
  async ask({ scene, encrypted = true, format }: Asking): Promise<Check & { link: string }> {
    const check = await this.#json<Check>("POST", "/api/checks", { scene, way: "window", encrypted, ...(format && { format }) });
    if (!check.link) throw new Error("a new check has a link");
    return { ...check, link: check.link };
  }

  /** Asks as the page of the window does: through the browser. */
  async call({ scene, encrypted = true, format }: Asking): Promise<PageCheck> {
    const response = await send(`${this.origin}/api/checks`, "POST", { scene, way: "browser", encrypted, ...(format && { format }) }, this.cookie);
    const { id } = (await response.json()) as Check;
    const page = new Counter(this.origin, [this.cookie, ...response.headers.getSetCookie().map((cookie) => cookie.split(";")[0])].join("; "));
    const address = `/api/checks/${id}/digital-credential`;
    const { requests } = await page.#json<{ requests: Call[] }>("GET", address);
    return { requests, bring: (answer) => page.#json("POST", address, answer) };
  }

  look(id: string): Promise<Check> {
    return this.#json("GET", `/api/checks/${id}`);
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await send(this.origin + path, method, body, this.cookie);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

function send(url: string, method: string, body: unknown, cookie = ""): Promise<Response> {
  const headers = { "content-type": "application/json", "x-mibun": "1", cookie };
  return fetch(url, { method, headers, signal: AbortSignal.timeout(LIMIT_MS), ...(body !== undefined && { body: JSON.stringify(body) }) });
}
