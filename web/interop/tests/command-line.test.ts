import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { CommandLine } from "../harness/cli";
import { Counter } from "../harness/counter";
import { offerTo } from "../harness/operator";
import { PEOPLE } from "../harness/people";

const access = inject("access");
const folder = inject("folder");
const LIMIT_MS = 30_000;
/** The other side refused, as the command's help says. */
const REFUSED = 4;

const commandLine = new CommandLine({ store: join(folder, "wallet.json"), trust: join(folder, "authority.pem") });
const wallet = (...command: string[]) => commandLine.run(...command);

describe("mibun-wallet walks every scene", () => {
  let counter: Counter;

  beforeAll(async () => {
    const root = await fetch(`${access.origin}/trust/authority.pem`, { signal: AbortSignal.timeout(LIMIT_MS) });
    writeFileSync(join(folder, "authority.pem"), await root.text());
    counter = await Counter.signIn(access);
    const offer = await offerTo(folder, PEOPLE.terminal.number);
    const collected = await wallet("collect", offer.uri, "--tx-code", offer.tx_code);
    expect(collected).toMatchObject({ code: 0, output: { result: "collected", copies: 10 } });
  });

  test.each(["hotel-checkin-jp", "hotel-checkin-cn", "rail-ticket", "air-checkin", "parcel-drop-off"])("%s accepts", async (scene) => {
    const check = await counter.ask({ scene });
    expect(await wallet("present", check.link, "--yes")).toMatchObject({ code: 0, output: { result: "presented", organisation: "Utopia Grand Hotel" } });
    expect(await counter.look(check.id)).toMatchObject({ state: "verified", verdict: { outcome: "accepted", level: "light" } });
  });

  test("bank-account refuses a light card and says so", async () => {
    const check = await counter.ask({ scene: "bank-account" });
    const { code, output } = await wallet("present", check.link, "--yes");
    expect(code).toBe(REFUSED);
    expect(output["error"]).toBe("the asker refused the answer: level_too_low");
    expect(await counter.look(check.id)).toMatchObject({ state: "refused", verdict: { refusal: { code: "level_too_low" }, fields: [] } });
  });

  test("a guest who declines leaves nothing at the counter", async () => {
    const check = await counter.ask({ scene: "hotel-checkin-jp" });
    await wallet("present", check.link, "--decline");
    expect(await counter.look(check.id)).toMatchObject({ state: "refused", verdict: { outcome: "declined", fields: [] } });
  });
});
