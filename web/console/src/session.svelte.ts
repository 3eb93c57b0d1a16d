import { ApiError, readCounts, readOfficer, signInOfficer, signOutOfficer, type Counts, type Officer } from "@mibun/api-client";

/** The signed-in officer and the counts of the first page. */
class ConsoleSession {
  officer: Officer | undefined = $state.raw();
  counts: Counts | undefined = $state.raw();
  isReady = $state(false);
  failure: unknown = $state.raw();

  async start(): Promise<void> {
    try {
      await this.#enter();
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) this.failure = error;
    }
    this.isReady = true;
  }

  async signIn(credentials: { name: string; password: string; totp: string }): Promise<void> {
    await signInOfficer(credentials);
    await this.#enter();
  }

  async signOut(): Promise<void> {
    await signOutOfficer();
    this.#leave();
  }

  async refreshCounts(): Promise<void> {
    this.counts = await readCounts();
  }

  /** What a page does with a failed call: a session that has ended leads back to the sign-in. */
  failed(error: unknown): unknown {
    if (error instanceof ApiError && error.status === 401) this.#leave();
    return error;
  }

  async #enter(): Promise<void> {
    this.officer = await readOfficer();
    await this.refreshCounts();
  }

  #leave(): void {
    this.officer = undefined;
    this.counts = undefined;
  }
}

export const session = new ConsoleSession();
