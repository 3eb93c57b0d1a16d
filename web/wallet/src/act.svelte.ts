import { signIn, type Session } from "./protocol/holder";
import type { Account } from "./store/settings";

/** Something that a holder asks the authority for with the ID password, once. */
export class HolderAct<T> {
  result: T | undefined = $state.raw();
  /** Why the last entry did not lead to it. */
  trouble: unknown = $state.raw();

  constructor(
    private readonly account: Account,
    private readonly act: (session: Session, now: Date) => Promise<T>,
  ) {}

  /** Signs in and does it. The sign-in is not kept, unless it is what the act answers. */
  async enter(password: string): Promise<void> {
    this.trouble = undefined;
    try {
      const now = new Date();
      this.result = await this.act(await signIn(this.account, password, now), now);
    } catch (error) {
      this.trouble = error;
    }
  }

  /** From the beginning, for instance after the sign-in has ended. */
  again(trouble?: unknown): void {
    this.result = undefined;
    this.trouble = trouble;
  }
}
