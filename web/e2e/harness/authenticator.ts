import type { CDPSession, Page } from "playwright-core";

/** The authenticator of a telephone, with a person before it whose finger the test moves. */
export class Authenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly id: string,
  ) {}

  static async of(page: Page): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    return new Authenticator(session, authenticatorId);
  }

  /** Whether the finger is the right one. */
  async recognises(isUserVerified: boolean): Promise<void> {
    await this.session.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }

  /** For whom the passkeys on it are, and how often each was used. */
  async passkeys(): Promise<{ rpId: string | undefined; signCount: number }[]> {
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId: this.id });
    return credentials.map(({ rpId, signCount }) => ({ rpId, signCount }));
  }

  /** As somebody who deletes the passkey in the settings of the telephone. */
  async forget(): Promise<void> {
    await this.session.send("WebAuthn.clearCredentials", { authenticatorId: this.id });
  }
}
