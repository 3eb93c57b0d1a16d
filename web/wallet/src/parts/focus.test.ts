import { afterEach, expect, test, vi } from "vitest";
import { refocus } from "./focus";

afterEach(() => vi.unstubAllGlobals());

/** A page on which `active` has the focus; answers how often its main part gets it. */
async function refocused(active: object | null): Promise<number> {
  const main = { focus: vi.fn() };
  const body = {};
  vi.stubGlobal("document", { body, activeElement: active ?? body, getElementById: (id: string) => (id === "main" ? main : null) });
  await refocus();
  return main.focus.mock.calls.length;
}

test("the focus goes to the beginning of the screen where what had it is gone", async () => {
  expect(await refocused(null)).toBe(1);
});

test("the focus stays where somebody has it", async () => {
  expect(await refocused({})).toBe(0);
});
