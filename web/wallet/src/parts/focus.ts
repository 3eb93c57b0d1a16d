import { tick } from "svelte";

/** Where what had the focus is gone by now, it goes to the beginning of the screen: else whoever has no pointer is nowhere. */
export async function refocus(): Promise<void> {
  await tick();
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body) document.getElementById("main")?.focus({ preventScroll: true });
}
