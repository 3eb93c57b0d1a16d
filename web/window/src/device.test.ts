import { afterEach, expect, test, vi } from "vitest";
import { askDevice, canAskDevice } from "./device";

const asked = { requests: [{ protocol: "openid4vp-v1-signed", data: { request: "a.b.c" } }] };

afterEach(() => vi.unstubAllGlobals());

function browser(get: (options: unknown) => Promise<unknown>) {
  const calls: unknown[] = [];
  vi.stubGlobal("navigator", {
    credentials: {
      get: (options: unknown) => {
        calls.push(options);
        return get(options);
      },
    },
  });
  return calls;
}

test.each([
  ["no such interface", undefined, false],
  ["one that says nothing of protocols", {}, true],
  ["one that speaks the protocol", { userAgentAllowsProtocol: (name: string) => name === "openid4vp-v1-signed" }, true],
  ["one that does not", { userAgentAllowsProtocol: () => false }, false],
])("a browser with %s", (_, api, can) => {
  browser(async () => null);
  vi.stubGlobal("DigitalCredential", api);
  expect(canAskDevice()).toBe(can);
});

test("a browser that keeps no credentials is not asked", () => {
  vi.stubGlobal("DigitalCredential", {});
  vi.stubGlobal("navigator", {});
  expect(canAskDevice()).toBe(false);
});

test("the requests reach the browser as they are, and so does the answer", async () => {
  const calls = browser(async () => ({ id: "", type: "digital", protocol: "openid4vp-v1-signed", data: { response: "x" } }));
  const { signal } = new AbortController();
  expect(await askDevice(asked, signal)).toEqual({ protocol: "openid4vp-v1-signed", data: { response: "x" } });
  expect(calls).toEqual([{ digital: asked, signal, mediation: "required" }]);
});

test("a holder who shows nothing is no error", async () => {
  browser(async () => null);
  expect(await askDevice(asked, new AbortController().signal)).toBeUndefined();
  browser(() => Promise.reject(new DOMException("Request is cancelled.", "NotAllowedError")));
  expect(await askDevice(asked, new AbortController().signal)).toBeUndefined();
});

test("a fault of the page's own is", async () => {
  browser(() => Promise.reject(new TypeError("no requests")));
  await expect(askDevice(asked, new AbortController().signal)).rejects.toThrow("no requests");
});
