import { afterEach, expect, test, vi } from "vitest";
import { entry, inflate, readStatus } from "./status";
import { TestAuthority } from "./testing/authority";

const NOW = new Date("2026-11-01T00:00:00Z");
const URI = "https://id.example/status/1";
const authority = await TestAuthority.make();

afterEach(() => vi.unstubAllGlobals());

function serve(token: string) {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(token)));
}

test.each([
  [0, "valid"],
  [1, "invalid"],
  [2, "suspended"],
  [3, "unknown"],
])("the value %i means %s", async (value, meaning) => {
  serve(await authority.statusList(URI, 5, value));
  expect(await readStatus({ uri: URI, index: 5 }, [authority.root], NOW)).toBe(meaning);
});

test("a list about another address says nothing", async () => {
  serve(await authority.statusList("https://id.example/status/2", 5, 0));
  expect(await readStatus({ uri: URI, index: 5 }, [authority.root], NOW)).toBe("unknown");
});

test("a list of another authority is refused", async () => {
  const other = await TestAuthority.make();
  serve(await other.statusList(URI, 5, 0));
  await expect(readStatus({ uri: URI, index: 5 }, [authority.root], NOW)).rejects.toThrow("nobody we trust");
});

test("an index beyond the list is an error, not a wrap", async () => {
  serve(await authority.statusList(URI, 5, 0));
  await expect(readStatus({ uri: URI, index: 64 }, [authority.root], NOW)).rejects.toThrow("not in the list");
});

test("entries are read from the lowest bits up", () => {
  const list = new Uint8Array([0b1110_0100]);
  expect([0, 1, 2, 3].map((index) => entry(list, 2, index))).toEqual([0, 1, 2, 3]);
  expect([0, 1].map((index) => entry(list, 4, index))).toEqual([4, 14]);
  expect(() => entry(list, 3, 0)).toThrow("1, 2, 4 or 8");
});

test("a list that unpacks to too much is given up", async () => {
  const zeros = new Blob([new Uint8Array(17 * 1024 * 1024)]).stream().pipeThrough(new CompressionStream("deflate"));
  const bomb = new Uint8Array(await new Response(zeros).arrayBuffer());
  await expect(inflate(bomb)).rejects.toThrow("too large");
});
