import { expect, test } from "vitest";
import { carried, readLink, requestIdOf } from "./links";

const HERE = "https://id.example";
const REQUEST = "openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fid.example%2Fvp%2Frequests%2F1&request_uri_method=post";
const OFFER = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fid.example%2Foffers%2F1";

test("requests and offers are told apart", () => {
  expect(readLink(` ${REQUEST}\n`, HERE).kind).toBe("request");
  expect(readLink(OFFER, HERE).kind).toBe("offer");
});

test("links to this wallet are opened up", () => {
  const wrapped = `${HERE}/wallet/?request=${encodeURIComponent(REQUEST)}`;
  expect(readLink(wrapped, HERE)).toEqual(readLink(REQUEST, HERE));
  expect(carried(new URLSearchParams({ offer: OFFER }), HERE)?.kind).toBe("offer");
});

test("a request's own parameters are a request", () => {
  const parameters = new URLSearchParams(REQUEST.split("?")[1]);
  expect(carried(parameters, HERE)).toEqual({ kind: "request", uri: `openid4vp://?${parameters}` });
});

test.each(["", "hello", "https://elsewhere.example/?request=x", "javascript:alert(1)", "openid4vp://?client_id=x", `${HERE}/wallet/`, "x".repeat(9000)])("%.40s is nothing for a wallet", (text) => {
  expect(readLink(text, HERE).kind).toBe("unknown");
});

test.each([
  ["https://id.example/vp/requests/abc.118.MAC", "abc"],
  ["https://id.example/vp/requests/abc.119.ANOTHER", "abc"],
  ["https://id.example/vp/requests/def", "def"],
  ["nowhere", "nowhere"],
])("a request is known by what its codes have in common: %s", (reference, id) => {
  expect(requestIdOf(`openid4vp://?${new URLSearchParams({ request_uri: reference })}`)).toBe(id);
});
