import { afterEach, expect, test, vi } from "vitest";
import { Place, refocus } from "./focus";

afterEach(() => vi.unstubAllGlobals());

/** A page on which `active` has the focus; tells how often its main part got it. */
function page(active: object | null): () => number {
  const main = { focus: vi.fn() };
  const body = {};
  vi.stubGlobal("document", { body, activeElement: active ?? body, getElementById: (id: string) => (id === "main" ? main : null) });
  return () => main.focus.mock.calls.length;
}

async function refocused(active: object | null): Promise<number> {
  const focused = page(active);
  await refocus();
  return focused();
}

/** What has had the focus is left, or gone, in a part of the screen with `other` in it. */
function left(isConnected: boolean, other?: object): Pick<FocusEvent, "target" | "currentTarget"> {
  const target = Object.assign(new EventTarget(), { isConnected });
  const currentTarget = Object.assign(new EventTarget(), { contains: (one: unknown) => one === other });
  return { target, currentTarget };
}

test("the focus goes to the beginning of the screen where what had it is gone", async () => {
  expect(await refocused(null)).toBe(1);
});

test("the focus stays where somebody has it", async () => {
  expect(await refocused({})).toBe(0);
});

test.each<[string, (place: Place) => unknown, number]>([
  ["it goes on where it was", (place) => place.enter(), 1],
  ["nobody is moved who was never there", () => undefined, 0],
  ["nobody is moved who has left", (place) => (place.enter(), place.leave(left(true))), 0],
  ["it goes on where what had it is being removed", (place) => (place.enter(), place.leave(left(false))), 1],
  ["it goes on once", (place) => (place.enter(), place.refocus()), 1],
])("of a part of the screen that is gone: %s", async (_, happens, times) => {
  const place = new Place();
  const focused = page(null);
  await happens(place);
  await place.refocus();
  expect(focused()).toBe(times);
});

test("who only left the window, or went on to another button there, is still there", async () => {
  const [place, button] = [new Place(), {}];
  page(button);
  place.enter();
  await place.leave(left(true, button));
  const focused = page(null);
  await place.refocus();
  expect(focused()).toBe(1);
});
