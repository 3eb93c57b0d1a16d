/** Where the page is: the path and the parameters behind `#` in the address. */
class Route {
  path = $state("/");
  parameters = $state.raw(new URLSearchParams());

  constructor() {
    if (typeof window === "undefined") return;
    this.#read();
    window.addEventListener("hashchange", () => this.#read());
  }

  /** The parts of the path: `#/people/12` gives `["people", "12"]`. */
  get parts(): string[] {
    return this.path.split("/").filter(Boolean).map(decodeURIComponent);
  }

  #read(): void {
    const [path = "/", query = ""] = location.hash.replace(/^#/, "").split("?", 2);
    this.path = path.startsWith("/") ? path : "/";
    this.parameters = new URLSearchParams(query);
  }
}

export const route = new Route();

/** Goes to `path` within the page, as a new step or in place of this one. */
export function go(path: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, "", `#${path}`);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = path;
  }
}
