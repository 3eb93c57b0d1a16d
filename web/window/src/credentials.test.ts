import { expect, test } from "vitest";
import { credentialsIn } from "./credentials";

test("credentials are read from the fragment", () => {
  expect(credentialsIn("#window=w-1&secret=a%2Bb")).toEqual({ window: "w-1", secret: "a+b" });
});

test("half of them is none", () => {
  expect(credentialsIn("#window=w-1")).toBeUndefined();
  expect(credentialsIn("#/guests")).toBeUndefined();
});
