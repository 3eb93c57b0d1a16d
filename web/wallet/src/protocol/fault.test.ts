import { ApiError } from "@mibun/api-client";
import { expect, test } from "vitest";
import { needsNewCard, WalletError, WrongPassword } from "./fault";

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
