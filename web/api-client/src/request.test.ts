import { afterEach, expect, test, vi } from "vitest";
import { ApiError } from "./error";
import { address, request } from "./request";

afterEach(() => vi.unstubAllGlobals());

function answer(response: Response | Error) {
  const calls: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    calls.push([path, init]);
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  });
  return calls;
}

test("addresses are filled in and escaped", () => {
  expect(address("/api/checks/{id}/events", { at: { id: "a/b" } })).toBe("/api/checks/a%2Fb/events");
  expect(address("/api/console/people", { query: { query: "山 田", after: undefined } })).toBe("/api/console/people?query=%E5%B1%B1+%E7%94%B0");
});

test("whatever changes state carries the header that other sites cannot send", async () => {
  const calls = answer(Response.json({}));
  await request("POST", "/api/checks", { json: {} });
  expect(new Headers(calls[0]?.[1].headers).get("x-mibun")).toBe("1");
});

test("a problem document becomes its code and its wait", async () => {
  const body = JSON.stringify({ code: "too_many_requests", status: 429, detail: "wait" });
  answer(new Response(body, { status: 429, headers: { "retry-after": "30" } }));
  await expect(request("GET", "/api/about")).rejects.toMatchObject({ code: "too_many_requests", status: 429, retryAfter: 30 });
});

test("an answer of something in between still has a code", async () => {
  answer(new Response("<html>Bad gateway</html>", { status: 502 }));
  await expect(request("GET", "/api/about")).rejects.toMatchObject({ code: "internal", status: 502 });
});

test("no answer is told from a refusal", async () => {
  answer(new TypeError("failed to fetch"));
  await expect(request("GET", "/api/about")).rejects.toEqual(new ApiError("offline", 0));
});

test("an answer that is not JSON is not passed on", async () => {
  answer(new Response("hello"));
  await expect(request("GET", "/api/about")).rejects.toMatchObject({ code: "unreadable" });
});
