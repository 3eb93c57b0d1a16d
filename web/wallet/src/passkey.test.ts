import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AddingPasskey } from "./adding.svelte";
import { Collecting } from "./collecting.svelte";
import { Exchange } from "./exchange.svelte";
import { fromBase64url, sha256, toBase64url, utf8 } from "./protocol/bytes";
import { accountOf } from "./protocol/device";
import { arePasskeysPossible, canHavePasskey } from "./protocol/passkey";
import { TestAuthenticator } from "./protocol/testing/authenticator";
import { chosen } from "./protocol/testing/choice";
import { TestHolder } from "./protocol/testing/holder";
import { TestPasskeys } from "./protocol/testing/passkeys";
import { TestService } from "./protocol/testing/service";
import { copiesLeft, listCards, takeThese, anyCopy, type HeldCard } from "./store/cards";
import { eraseAll } from "./store/database";
import { readSetting, writeSetting } from "./store/settings";

const PASSWORD = "40718263";
const WRONG = "40718264";
const PATHS = [["family_name"]];
let service: TestService;
let holder: TestHolder;
let passkeys: TestPasskeys;
let authenticator: TestAuthenticator;
let card: HeldCard;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  holder = await TestHolder.make(service, PASSWORD);
  passkeys = new TestPasskeys(service, holder);
  authenticator = new TestAuthenticator(service.origin);
  vi.stubGlobal("fetch", service.fetch);
  vi.stubGlobal("location", new URL(service.origin));
  vi.stubGlobal("PublicKeyCredential", class {});
  vi.stubGlobal("navigator", { onLine: true, languages: [], credentials: authenticator.credentials });
  [card] = (await collected()) as [HeldCard];
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

async function collected(): Promise<HeldCard[]> {
  const collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "full" });
  await collecting.look();
  await collecting.enterPassword(PASSWORD);
  return listCards();
}

async function adding(): Promise<AddingPasskey> {
  const one = new AddingPasskey(await accountOf("p-1"), "Full card");
  await one.enter(PASSWORD);
  return one;
}

async function withPasskey(): Promise<void> {
  await (await adding()).make();
  expect((await accountOf("p-1")).passkey).toBe(passkeys.passkey?.credential);
  holder.calls.length = authenticator.requested.length = passkeys.calls = 0;
}

async function asked(presence = "none"): Promise<Exchange> {
  const text = (words: string) => ({ en: words, ja: words, "zh-Hans": words });
  const notice = { scene: "hotel-checkin-jp", version: 1, title: text("Hotel check-in"), purpose: text("Guest register"), retention_days: 1095, presence };
  service.bends.request = { verifier_info: [{ format: "urn:mibun:scene:1", data: notice }] };
  const exchange = new Exchange(await service.link(), service.origin, () => undefined);
  await exchange.read();
  return exchange;
}

async function given(exchange: Exchange): Promise<Exchange> {
  await exchange.give([chosen(card, PATHS)]);
  return exchange;
}

/** What the asker received, as the parts of its key binding. */
async function shown() {
  const [presentation = ""] = Object.values((await service.decrypted()).vp_token)[0] ?? [];
  const at = presentation.lastIndexOf("~") + 1;
  const [, payload = ""] = presentation.slice(at).split(".");
  return { before: presentation.slice(0, at), binding: JSON.parse(new TextDecoder().decode(fromBase64url(payload))) as Record<string, unknown> };
}

describe("a passkey is added", () => {
  test("within a sign-in, for this page, with a verified user, and it proves at once that it is there", async () => {
    const one = await adding();
    expect([one.stage, authenticator.created, passkeys.passkey]).toEqual(["ready", [], undefined]);
    await one.make();
    expect([one.stage, one.failure, passkeys.refusal]).toEqual(["done", undefined, undefined]);
    const [options] = authenticator.created;
    expect(options).toMatchObject({
      rp: { id: "id.example" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
      attestation: "none",
      user: { name: "Full card" },
    });
    expect(options).not.toHaveProperty("excludeCredentials");
    expect(authenticator.requested).toMatchObject([{ rpId: "id.example", userVerification: "required" }]);
    expect(authenticator.requested[0]?.allowCredentials?.map(({ id }) => toBase64url(new Uint8Array(id as ArrayBuffer)))).toEqual([passkeys.passkey?.credential]);
    expect(await accountOf("p-1")).toMatchObject({ deviceName: "d-1", passkey: passkeys.passkey?.credential });
  });

  test("not with a wrong ID password", async () => {
    const one = new AddingPasskey(await accountOf("p-1"), "Full card");
    await one.enter(WRONG);
    await one.make();
    expect([one.stage, (one.failure as Error).message, authenticator.created]).toEqual(["password", "wrong_password", []]);
  });

  test("whoever closes the browser's dialog has none, and may try again", async () => {
    authenticator.bends.cancels = 1;
    const one = await adding();
    await one.make();
    expect([one.stage, (one.failure as Error).message, passkeys.calls]).toEqual(["ready", "passkey_not_made", 0]);
    await one.make();
    expect([one.stage, one.failure]).toEqual(["done", undefined]);
  });

  test("one that was made and not tried is tried again, and after a second failure made anew", async () => {
    const one = await adding();
    authenticator.meanwhile = () => {
      if (authenticator.requested.length <= 2) authenticator.bends.cancels = 1;
    };
    await one.make();
    expect([authenticator.created.length, passkeys.calls]).toEqual([1, 0]);
    await one.make();
    expect([authenticator.created.length, passkeys.calls]).toEqual([1, 0]);
    await one.make();
    expect([one.stage, authenticator.created.length]).toEqual(["done", 2]);
  });

  test("one whose user was not verified is refused, and nothing is noted", async () => {
    authenticator.bends.isVerified = false;
    const one = await adding();
    await one.make();
    expect([one.stage, one.failure, passkeys.refusal]).toMatchObject(["ready", { code: "passkey_refused" }, "not verified"]);
    expect((await accountOf("p-1")).passkey).toBeUndefined();
  });

  test("a sign-in that is over asks for the ID password again", async () => {
    passkeys.refuse = [401, "session_over"];
    const one = await adding();
    await one.make();
    expect([one.stage, one.failure]).toMatchObject(["password", { code: "session_over" }]);
    await one.enter(PASSWORD);
    await one.make();
    expect([one.stage, authenticator.created.length]).toEqual(["done", 1]);
  });

  test("the next card of the same device keeps it; another device begins without, and disowns it", async () => {
    const signalUnknownCredential = vi.fn(async () => undefined);
    await withPasskey();
    vi.stubGlobal("PublicKeyCredential", { signalUnknownCredential });
    await collected();
    expect((await accountOf("p-1")).passkey).toBe(passkeys.passkey?.credential);
    expect(signalUnknownCredential).not.toHaveBeenCalled();
    const [account] = (await readSetting("accounts")) ?? [];
    if (account) await writeSetting("accounts", [{ ...account, deviceName: "d-0" }]);
    await collected();
    expect(await accountOf("p-1")).not.toHaveProperty("passkey");
    expect(signalUnknownCredential.mock.calls).toEqual([[{ rpId: "id.example", credentialId: passkeys.passkey?.credential }]]);
  });
});

describe("where no passkey can be", () => {
  test.each([["https://192.168.1.5:8443"], ["https://[fd00::1]"], ["http://127.0.0.1:8080"]])("a page under %s offers none", async (origin) => {
    vi.stubGlobal("location", new URL(origin));
    expect([arePasskeysPossible(), canHavePasskey(await accountOf("p-1"))]).toEqual([false, false]);
  });

  test.each([["https://id.example"], ["http://localhost:8080"], ["https://4.example"]])("a page under %s can", (origin) => {
    vi.stubGlobal("location", new URL(origin));
    expect(arePasskeysPossible()).toBe(true);
  });

  test("a browser without passkeys offers none, and asks for the ID password although there is one", async () => {
    await withPasskey();
    vi.stubGlobal("PublicKeyCredential", undefined);
    const exchange = await given(await asked());
    expect([arePasskeysPossible(), exchange.waiting !== undefined, authenticator.requested]).toEqual([false, true, []]);
  });

  test("a device that an earlier wallet registered has no name here, and is offered none", async () => {
    const { deviceName: _, ...account } = await accountOf("p-1");
    expect(canHavePasskey(account)).toBe(false);
  });
});

describe("a card is shown with the passkey", () => {
  beforeEach(withPasskey);

  test("the authority signs exactly what is shown, and says by what the holder was recognised", async () => {
    const exchange = await asked();
    expect(await exchange.wayOf([card])).toBe("passkey");
    await given(exchange);
    expect([exchange.stage, exchange.failure, exchange.unconfirmed, holder.calls, passkeys.refusal]).toEqual(["given", undefined, undefined, [], undefined]);
    const { before, binding } = await shown();
    const { clientId, nonce, payload } = exchange.request ?? expect.fail("no request");
    const sd_hash = toBase64url(await sha256(utf8(before)));
    expect(passkeys.signed).toEqual([{ purpose: "key_binding", client_id: clientId, nonce, response_uri: payload.response_uri, sd_hash }]);
    expect(binding).toMatchObject({ amr: ["pop", "user"], aud: clientId, nonce, sd_hash });
    expect(await copiesLeft(card.id)).toBe(2);
  });

  test("a scene that wants the ID password is not asked with the passkey", async () => {
    const exchange = await asked("password");
    expect(await exchange.wayOf([card])).toBe("password_always");
    await given(exchange);
    expect([exchange.waiting?.why, authenticator.requested, passkeys.calls]).toEqual(["scene", [], 0]);
    await exchange.enter(PASSWORD);
    expect([exchange.stage, (await shown()).binding["amr"]]).toEqual(["given", ["pwd"]]);
  });

  test("the ID password is the other way", async () => {
    const exchange = await asked();
    await exchange.give([chosen(card, PATHS)], { byPassword: true });
    expect([exchange.waiting?.why, authenticator.requested]).toEqual([undefined, []]);
    await exchange.enter(PASSWORD);
    expect([exchange.stage, (await shown()).binding["amr"]]).toEqual(["given", ["pwd"]]);
  });

  test("whoever closes the browser's dialog shows nothing, loses no copy, and has both ways again", async () => {
    authenticator.bends.cancels = 1;
    const exchange = await given(await asked());
    expect([exchange.stage, (exchange.unconfirmed as Error).message, exchange.failure, exchange.waiting, exchange.isConfirming]).toEqual(["asking", "passkey_not_used", undefined, undefined, false]);
    expect([await copiesLeft(card.id), passkeys.calls, service.posted]).toEqual([3, 0, []]);
    expect(await exchange.wayOf([card])).toBe("passkey");
    await given(exchange);
    expect([exchange.stage, exchange.unconfirmed]).toEqual(["given", undefined]);
  });

  test("a passkey that is gone from the device shows nothing and leaves both ways", async () => {
    authenticator.forget();
    const exchange = await given(await asked());
    expect([exchange.stage, (exchange.unconfirmed as Error).message, service.posted]).toEqual(["asking", "passkey_not_used", []]);
  });

  test.each([
    ["passkey_missing", 409],
    ["passkey_refused", 422],
  ] as const)("after %s the ID password is asked for, the passkey forgotten, and a new one offered", async (code, status) => {
    passkeys.refuse = [status, code];
    const exchange = await given(await asked());
    expect([exchange.stage, exchange.waiting?.why, exchange.lostPasskey?.id]).toEqual(["asking", "passkey_lost", card.id]);
    expect([(await accountOf("p-1")).passkey, await copiesLeft(card.id), await exchange.wayOf([card])]).toEqual([undefined, 3, "password"]);
    await exchange.enter(PASSWORD);
    expect([exchange.stage, await copiesLeft(card.id)]).toEqual(["given", 2]);
  });

  test("a server that wants the ID password after all gets it", async () => {
    passkeys.refuse = [422, "password_needed"];
    const exchange = await given(await asked());
    expect([exchange.waiting?.why, (await accountOf("p-1")).passkey !== undefined]).toEqual(["scene", true]);
  });

  test("what the authority signed otherwise than agreed is not given", async () => {
    passkeys.confirmed = "password";
    const exchange = await given(await asked());
    expect([(exchange.failure as Error).message, service.posted, await copiesLeft(card.id)]).toEqual(["signed_otherwise", [], 3]);
  });

  test.each([
    ["challenge", { challenge: new Uint8Array(32) }],
    ["origin", { origin: "https://evil.example" }],
    ["relying party", { host: "evil.example" }],
    ["not verified", { isVerified: false }],
  ])("an assertion with a wrong %s shows nothing", async (refusal, bends) => {
    Object.assign(authenticator.bends, bends);
    const exchange = await given(await asked());
    expect([passkeys.refusal, passkeys.signed, service.posted, exchange.stage]).toEqual([refusal, [], [], "asking"]);
  });

  test("a locked ID password ends it, in words", async () => {
    passkeys.refuse = [409, "password_locked"];
    const exchange = await given(await asked());
    expect([exchange.failure, exchange.retry, await copiesLeft(card.id)]).toMatchObject([{ code: "password_locked" }, undefined, 3]);
  });

  test("keys that cannot be used now are asked for again, with the passkey", async () => {
    passkeys.refuse = [503, "vault_unavailable"];
    const exchange = await given(await asked());
    expect([exchange.failure, await copiesLeft(card.id)]).toMatchObject([{ code: "vault_unavailable" }, 3]);
    await exchange.retry?.();
    expect([exchange.stage, exchange.failure, authenticator.requested.length]).toEqual(["given", undefined, 2]);
  });

  test("until the passkey has confirmed, the copy stays where it is", async () => {
    let left = 0;
    authenticator.meanwhile = async () => {
      left = await copiesLeft(card.id);
    };
    await given(await asked());
    expect([left, await copiesLeft(card.id)]).toEqual([3, 2]);
  });

  test("a copy that another tab took meanwhile is not shown a second time, and does not come back", async () => {
    authenticator.meanwhile = async () => {
      const copy = await anyCopy(card.id);
      expect(copy && (await takeThese([copy]))).toBe(true);
      authenticator.meanwhile = undefined;
    };
    const exchange = await given(await asked());
    expect([(exchange.failure as Error).message, passkeys.calls, await copiesLeft(card.id)]).toEqual(["busy", 0, 2]);
    await exchange.retry?.();
    expect([exchange.stage, await copiesLeft(card.id)]).toEqual(["given", 1]);
  });

  test("whoever has left the page meanwhile shows nothing", async () => {
    const exchange = await asked();
    authenticator.meanwhile = () => exchange.stop();
    await given(exchange);
    expect([exchange.stage, passkeys.calls, service.posted, await copiesLeft(card.id)]).toEqual(["asking", 0, [], 3]);
  });

  test("a second press while the browser asks does nothing", async () => {
    const exchange = await asked();
    await Promise.all([given(exchange), given(exchange)]);
    expect([exchange.stage, authenticator.requested.length, await copiesLeft(card.id)]).toEqual(["given", 1, 2]);
  });
});
