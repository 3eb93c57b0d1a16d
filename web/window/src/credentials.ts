/** What signs a window in. */
export interface Credentials {
  window: string;
  secret: string;
}

/** Credentials in the part of an address behind `#`, as the operator hands them out. */
export function credentialsIn(fragment: string): Credentials | undefined {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const [window, secret] = [parameters.get("window"), parameters.get("secret")];
  return window && secret ? { window, secret } : undefined;
}

/** Takes credentials out of the address bar, so that they neither stay on the screen nor in a bookmark. */
export function takeCredentials(): Credentials | undefined {
  const found = credentialsIn(location.hash);
  if (found) history.replaceState(null, "", location.pathname + location.search);
  return found;
}
