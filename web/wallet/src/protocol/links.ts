/** What a scanned code or an opened link is. */
export type Link = { kind: "request"; uri: string } | { kind: "offer"; uri: string } | { kind: "unknown" };

/**
 * What names the request of a link. A counter's codes follow one another, and all of them lead to the same request: the
 * changing part stands behind a full stop.
 */
export function requestIdOf(link: string): string {
  const reference = new URL(link).searchParams.get("request_uri") ?? "";
  if (!URL.canParse(reference)) return reference;
  const [id = ""] = new URL(reference).pathname.split("/").at(-1)?.split(".") ?? [];
  return id;
}

const REQUEST_SCHEMES = ["openid4vp:", "haip-vp:", "mdoc-openid4vp:"];
const OFFER_SCHEMES = ["openid-credential-offer:", "haip-vci:"];

/** Tells what `text` is. Links to this wallet that carry another link are opened up. */
export function readLink(text: string, origin: string): Link {
  const url = parse(text.trim());
  if (!url) return { kind: "unknown" };
  if (REQUEST_SCHEMES.includes(url.protocol) && url.searchParams.has("request_uri")) return { kind: "request", uri: url.href };
  if (OFFER_SCHEMES.includes(url.protocol)) return { kind: "offer", uri: url.href };
  if (url.origin === origin) return carried(url.searchParams, origin) ?? { kind: "unknown" };
  return { kind: "unknown" };
}

/** The link that the wallet was opened with: `?request=…`, `?offer=…`, or the parameters of a request themselves. */
export function carried(parameters: URLSearchParams, origin: string): Link | undefined {
  const inner = parameters.get("request") ?? parameters.get("offer");
  if (inner && inner.length < 8192) return readLink(inner, origin);
  if (parameters.has("request_uri")) return { kind: "request", uri: `openid4vp://?${parameters}` };
  if (parameters.has("credential_offer_uri") || parameters.has("credential_offer")) return { kind: "offer", uri: `openid-credential-offer://?${parameters}` };
  return undefined;
}

function parse(text: string): URL | undefined {
  return text.length < 8192 && URL.canParse(text) ? new URL(text) : undefined;
}
