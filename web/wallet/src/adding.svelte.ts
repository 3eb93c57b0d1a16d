import { ApiError } from "@mibun/api-client";
import { WalletError } from "./protocol/fault";
import { signIn, type Session } from "./protocol/holder";
import { makePasskey, registerPasskey, type MadePasskey } from "./protocol/passkey";
import type { Account } from "./store/settings";

/** A passkey for this device, from the ID password to the authority's word. */
export class AddingPasskey {
  stage: "password" | "ready" | "done" = $state("password");
  isBusy = $state(false);
  failure: unknown = $state.raw();
  #session: Session | undefined;
  /** Made by the browser and not yet known to the authority: it is not made a second time. */
  #made: MadePasskey | undefined;

  constructor(
    private readonly account: Account,
    /** What the browser lists the passkey as. */
    private readonly label: string,
  ) {}

  async enter(password: string): Promise<void> {
    this.failure = undefined;
    try {
      this.#session = await signIn(this.account, password, new Date());
      this.stage = "ready";
    } catch (error) {
      this.failure = error;
    }
  }

  /** Follows a press of a button: some browsers ask for a passkey then only. */
  async make(): Promise<void> {
    if (!this.#session || this.isBusy) return;
    this.isBusy = true;
    this.failure = undefined;
    const earlier = this.#made;
    try {
      this.#made ??= await makePasskey(this.label);
      await registerPasskey(this.account, this.#session, this.#made, new Date());
      this.stage = "done";
    } catch (error) {
      this.#recover(error, earlier);
    } finally {
      this.isBusy = false;
    }
  }

  #recover(error: unknown, earlier: MadePasskey | undefined): void {
    this.failure = error;
    const isOver = error instanceof ApiError && error.code === "session_over";
    if (isOver) [this.#session, this.stage] = [undefined, "password"];
    // Some browsers want another press before they try it; one that twice fails to prove itself may be gone.
    const isUnproven = error instanceof WalletError && error.fault === "passkey_not_made" && earlier !== undefined;
    if (isUnproven || (error instanceof ApiError && error.code === "passkey_refused")) this.#made = undefined;
  }
}
