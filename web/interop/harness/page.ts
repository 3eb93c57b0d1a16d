const LIMIT_MS = 10_000;

/** The page on which a person answers a wallet, as a browser without script sees it. */
export class AuthorizationPage {
  private constructor(
    private readonly origin: string,
    private readonly html: string,
  ) {}

  static async open(address: string): Promise<AuthorizationPage> {
    const answer = await fetch(address, { headers: { "accept-language": "en" }, redirect: "error", signal: AbortSignal.timeout(LIMIT_MS) });
    const html = await answer.text();
    if (!answer.ok) throw new Error(`the page is not there: ${answer.status} ${html}`);
    return new AuthorizationPage(new URL(address).origin, html);
  }

  /** Names of the fields that a person fills in. */
  get asked(): string[] {
    return this.#inputs.filter(({ type }) => type !== "hidden").map(({ name }) => name ?? "");
  }

  /** Fills in what is asked, presses one of the two buttons, and answers where the wallet is called back. */
  async answer(decision: "allow" | "deny", known: Record<string, string> = {}): Promise<string> {
    const fields = this.#inputs.map(({ name = "", type, value = "" }) => [name, type === "hidden" ? value : (known[name] ?? "")]);
    const body = new URLSearchParams([...fields, ["decision", decision]]);
    const action = new URL(/<form[^>]* action="([^"]+)"/.exec(this.html)?.[1] ?? "", this.origin);
    const answer = await fetch(action, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(LIMIT_MS) });
    const back = answer.headers.get("location");
    if (answer.status !== 303 || !back) throw new Error(`nobody is called back: ${answer.status} ${await answer.text()}`);
    return back;
  }

  get #inputs(): Record<string, string>[] {
    return [...this.html.matchAll(/<input ([^>]*)>/g)].map(([, attributes]) => Object.fromEntries([...(attributes ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name ?? "", plain(value ?? "")])) as Record<string, string>);
  }
}

function plain(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
