import { readFileSync } from "node:fs";
import type { BrowserContext, Route } from "playwright-core";
import { ASKS, Authority } from "../../interop/harness/authority";
import { TheirVerifier, type Asking, type Outcome } from "../../interop/harness/their-verifier";
import { fetchRoot } from "../../interop/harness/trust";

export const ASKER = "Their Counter";

/**
 * An organisation that asks by software of another maker, for what no window of ours asks.
 *
 * The wallet's page talks to its own service alone, so the addresses of this organisation lie there; in the browser of the
 * wallet, requests to them are led to it. Its certificate is from a root of its own, which that browser gets beside the
 * authority's.
 */
export class Asker {
  private constructor(
    private readonly verifier: TheirVerifier,
    private readonly origin: string,
  ) {}

  static async open(context: BrowserContext, origin: string, folder: string): Promise<Asker> {
    const own = await Authority.found(folder, "browser-askers");
    const asker = new Asker(await TheirVerifier.open(await own.certify(ASKER, ASKS), await fetchRoot(origin)), origin);
    const roots = (await (await fetch(`${origin}/trust/authority.pem`)).text()) + readFileSync(own.rootFile, "utf8");
    await context.route(`${origin}/trust/authority.pem`, (route) => route.fulfill({ contentType: "application/x-pem-file", body: roots }));
    await context.route(`${origin}/asker/**`, (route) => asker.#lead(route));
    return asker;
  }

  /** Asks; answers the link for the wallet, and how to see what became of it. */
  async ask({ change, ...asking }: Asking): Promise<{ link: string; outcome: () => Outcome | undefined }> {
    const { link, outcome } = await this.verifier.ask({
      ...asking,
      method: "post",
      change: (payload) => {
        payload["response_uri"] = this.#address(String(payload["response_uri"]));
        change?.(payload);
      },
    });
    const parameters = new URL(link).searchParams;
    parameters.set("request_uri", this.#address(parameters.get("request_uri") ?? ""));
    return { link: `openid4vp://?${parameters}`, outcome };
  }

  close(): Promise<void> {
    return this.verifier.close();
  }

  /** Where an address of the organisation's server lies for the wallet: each request under a path of its own. */
  #address(uri: string): string {
    const { pathname, searchParams } = new URL(uri);
    return `${this.origin}/asker${pathname}/${searchParams.get("id")}`;
  }

  async #lead(route: Route): Promise<void> {
    const request = route.request();
    const [, , desk, id] = new URL(request.url()).pathname.split("/");
    const body = request.postData();
    const headers = { "content-type": request.headers()["content-type"] ?? "" };
    const answer = await fetch(`${this.verifier.serving.origin}/${desk}?id=${id}`, { method: request.method(), ...(body !== null && { headers, body }) });
    await route.fulfill({ status: answer.status, contentType: answer.headers.get("content-type") ?? "application/json", body: Buffer.from(await answer.arrayBuffer()) });
  }
}
