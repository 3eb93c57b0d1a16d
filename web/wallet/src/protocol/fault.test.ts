import { ApiError } from "@mibun/api-client";
import { expect, test } from "vitest";
import { isPassing, needsNewCard, WalletError, WrongPassword, type Fault } from "./fault";

test.each([
  ["the last wrong ID password", new WrongPassword(0), true],
  ["a locked ID password", new ApiError("password_locked", 409), true],
  ["another device of the same person", new ApiError("device_retired", 409), true],
  ["a device without an account", new WalletError("no_account"), true],
  ["a wrong ID password with a try left", new WrongPassword(1), false],
  ["a wait", new ApiError("password_wait", 429, 60), false],
  ["no network", new WalletError("offline"), false],
  ["nothing", undefined, false],
])("whether only a new full card helps, after %s", (_, failure, isSo) => {
  expect(needsNewCard(failure)).toBe(isSo);
});

test.each<[Fault, boolean]>([
  ["not_kept", true],
  ["offline", true],
  ["card_not_genuine", false],
  ["card_denied", false],
])("whether the same can be tried again after %s: %s", (fault, isSo) => {
  expect(isPassing(new WalletError(fault))).toBe(isSo);
});
