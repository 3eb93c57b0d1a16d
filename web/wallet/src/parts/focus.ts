import { tick } from "svelte";

/** Where what had the focus is gone by now, it goes to the beginning of the screen: else whoever has no pointer is nowhere. */
export async function refocus(): Promise<void> {
  await tick();
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body) document.getElementById("main")?.focus({ preventScroll: true });
}

/** Knows whether a part of the screen has the focus, up to when what has it is gone; whoever was elsewhere stays there. */
export class Place {
  #isHere = false;

  readonly enter = (): void => {
    this.#isHere = true;
  };

  /** Some browsers say so, too, of what is being removed, or of a window that is left. */
  readonly leave = async ({ target, currentTarget }: Pick<FocusEvent, "target" | "currentTarget">): Promise<void> => {
    const [from, part] = [target as Node, currentTarget as Node];
    await Promise.resolve();
    if (from.isConnected && !part.contains(document.activeElement)) this.#isHere = false;
  };

  /** To be called once something is gone. */
  async refocus(): Promise<void> {
    if (!this.#isHere) return;
    this.#isHere = false;
    await refocus();
  }
}
