import { ApiError, readWindow, signInWindow, signOutWindow, type Scene, type WindowInfo } from "@mibun/api-client";
import { takeCredentials, type Credentials } from "./credentials";

/** The signed-in window and the scene it serves. */
class WindowSession {
  info: WindowInfo | undefined = $state.raw();
  isReady = $state(false);
  failure: unknown = $state.raw();
  #scene = $state(new URLSearchParams(location.search).get("scene") ?? "");

  get scene(): Scene | undefined {
    const scenes = this.info?.scenes ?? [];
    return scenes.find(({ id }) => id === this.#scene) ?? scenes[0];
  }

  choose(id: string): void {
    this.#scene = id;
    history.replaceState(null, "", `?${new URLSearchParams({ scene: id })}${location.hash}`);
  }

  /** Signs in with what the address brought along, else goes on with the session of before. */
  async start(): Promise<void> {
    try {
      const credentials = takeCredentials();
      if (credentials) await signInWindow(credentials);
      this.info = await readWindow();
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) this.failure = error;
    }
    this.isReady = true;
  }

  async signIn(credentials: Credentials): Promise<void> {
    await signInWindow(credentials);
    this.info = await readWindow();
    this.failure = undefined;
  }

  /** What a page does with a failed call: a session that has ended leads back to the sign-in. */
  failed(error: unknown): unknown {
    if (error instanceof ApiError && error.status === 401) this.info = undefined;
    return error;
  }

  async signOut(): Promise<void> {
    await signOutWindow();
    this.info = undefined;
  }
}

export const session = new WindowSession();
