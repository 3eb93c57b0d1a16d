import type { ReadDocument } from "@mibun/api-client";
import { afterEach, expect, test, vi } from "vitest";
import { sizeOf } from "./photograph";
import { isUseful, Reading } from "./reading.svelte";

afterEach(() => vi.unstubAllGlobals());

const CARD: ReadDocument = { kind: "resident_card", number: { value: "11010119900307001X", checked: true }, name: { value: "山田", checked: false } };

/** Answers for the service; what was sent to it. */
function service(answer: () => Response): Request[] {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push(new Request(new URL(path, "https://id.example"), init));
    return answer();
  });
  return asked;
}

test.each([
  [4000, 3000, 2000, 1500],
  [3000, 4000, 1500, 2000],
  [1200, 900, 1200, 900],
  [9000, 1, 2000, 1],
])("a picture of %i by %i is sent as %i by %i", (width, height, ...sent) => {
  expect(Object.values(sizeOf(width, height))).toEqual(sent);
});

test("a photograph goes to the service as a JPEG, and what was read is handed on", async () => {
  const asked = service(() => Response.json(CARD));
  const done = vi.fn();
  const reading = new Reading(done, async () => new Blob(["jpeg"], { type: "image/jpeg" }));
  await reading.read(new Blob(["a large picture"]));
  expect(done).toHaveBeenCalledExactlyOnceWith(CARD);
  expect([asked[0]?.url, asked[0]?.headers.get("content-type"), await asked[0]?.text()]).toEqual(["https://id.example/api/documents/read", "image/jpeg", "jpeg"]);
});

test.each([
  [422, "not_a_picture"],
  [422, "no_text_found"],
  [422, "no_document_found"],
  [409, "documents_not_read"],
  [429, "too_many_requests"],
])("%i %s is kept for the screen, and another picture may follow", async (status, code) => {
  service(() => Response.json({ code }, { status }));
  const done = vi.fn();
  const reading = new Reading(done, async (file) => file);
  await reading.read(new Blob(["x"]));
  expect([reading.failure, reading.busy]).toMatchObject([{ code }, false]);
  service(() => Response.json(CARD));
  await reading.read(new Blob(["x"]));
  expect([reading.failure, done.mock.calls.length]).toEqual([undefined, 1]);
});

test("while one picture is read another is not sent", async () => {
  const asked = service(() => Response.json(CARD));
  const reading = new Reading(() => undefined, async (file) => file);
  await Promise.all([reading.read(new Blob(["a"])), reading.read(new Blob(["b"]))]);
  expect(asked).toHaveLength(1);
});

test.each([
  [{ reads_documents: true }, true],
  [{ reads_documents: false }, false],
  [{}, false],
])("it is offered where the service says so: %j", async (about, offered) => {
  service(() => Response.json(about));
  const reading = new Reading(() => undefined);
  await reading.offer();
  expect(reading.isOffered).toBe(offered);
});

test("without an answer it is not offered", async () => {
  service(() => new Response(null, { status: 503 }));
  const reading = new Reading(() => undefined);
  await reading.offer();
  expect(reading.isOffered).toBe(false);
});

test("the back of a card is of no use here", () => {
  expect(isUseful(CARD)).toBe(true);
  expect(isUseful({ kind: "resident_card_back" })).toBe(false);
});
