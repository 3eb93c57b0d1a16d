import { describe, expect, inject, test } from "vitest";
import { operate } from "../harness/operator";
import { PEOPLE } from "../harness/people";

const offer = (number: string, reason: string) => operate(inject("folder"), ["offer", "--number", number, "--reason", reason, "--json"]);

describe("mibun offer", () => {
  test.each([
    ["somebody who is not in the register", "XX999999", "known to the officer", /no such person/],
    ["a number that is none", "not a number", "known to the officer", /no such person/],
    ["nobody's reason", PEOPLE.collecting.number, "  ", /no_grounds/],
  ])("refuses %s, and prints no offer", async (_, number, reason, message) => {
    await expect(offer(number, reason)).rejects.toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(message) as string });
  });

  test("prints for people what it prints for machines", async () => {
    const printed = await operate(inject("folder"), ["offer", "--number", PEOPLE.collecting.number, "--reason", "known to the officer"]);
    expect(printed).toMatch(/^offer      openid-credential-offer:\/\/\S+\nreference  [A-Z0-9]{10}\ncode       \d{6}\nuntil      \S+Z\n$/);
  });
});
