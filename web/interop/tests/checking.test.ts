import type { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { present } from "../harness/card";
import { collectCard, type Copy } from "../harness/collect";
import { Counter } from "../harness/counter";
import { PEOPLE } from "../harness/people";
import { follow, select, send } from "../harness/show";
import { fetchRoot } from "../harness/trust";

const access = inject("access");
const person = PEOPLE.showing;
let counter: Counter;
let root: X509Certificate;
let copies: Copy[];

beforeAll(async () => {
  [counter, root, copies] = await Promise.all([Counter.signIn(access), fetchRoot(access.origin), collectCard(inject("folder"), person.number)]);
});

function nextCopy(): Copy {
  const copy = copies.pop();
  if (!copy) throw new Error("no copy is left");
  return copy;
}

const WAYS = [
  { method: "post", encrypted: true },
  { method: "get", encrypted: true },
  { method: "post", encrypted: false },
  { method: "get", encrypted: false },
] as const;

describe("@openid4vc/openid4vp and @sd-jwt show a card", () => {
  test.each(WAYS)("request by $method, answer encrypted: $encrypted; the counter sees the guest", async ({ method, encrypted }) => {
    const check = await counter.ask({ scene: "hotel-checkin-jp", encrypted });
    const request = await follow(check.link, root, method);
    expect(request.payload.response_mode).toBe(encrypted ? "direct_post.jwt" : "direct_post");
    expect((await counter.look(check.id)).state).toBe("scanned");

    const copy = nextCopy();
    const { id, frame } = await select(request, copy);
    const answered = await send(request, id, await present(copy, frame, { audience: request.audience, nonce: request.payload.nonce }));
    expect(answered).toEqual({ status: 200, body: {} });

    const seen = await counter.look(check.id);
    expect(seen.state).toBe("verified");
    expect(seen.verdict).toMatchObject({ outcome: "accepted", level: "light", refusal: null });
    expect(seen.verdict?.checks.filter(({ passed }) => !passed)).toEqual([]);
    const fields = Object.fromEntries(seen.verdict?.fields.map(({ path, value }) => [path.join("."), value]) ?? []);
    expect(fields).toMatchObject({ family_name: person.family_name, given_name: person.given_name, "address.formatted": person.address });
  });

  test.each(["hotel-checkin-cn", "rail-ticket", "air-checkin", "parcel-drop-off"])("%s", async (scene) => {
    const check = await counter.ask({ scene });
    const request = await follow(check.link, root, "post");
    const copy = nextCopy();
    const { id, frame } = await select(request, copy);
    const answered = await send(request, id, await present(copy, frame, { audience: request.audience, nonce: request.payload.nonce }));
    expect(answered).toEqual({ status: 200, body: {} });
    expect((await counter.look(check.id)).verdict?.outcome).toBe("accepted");
  });

  test("only what was asked for is shown", async () => {
    const check = await counter.ask({ scene: "rail-ticket" });
    const request = await follow(check.link, root, "get");
    const copy = nextCopy();
    const { frame, claims } = await select(request, copy);
    const presentation = await present(copy, frame, { audience: request.audience, nonce: request.payload.nonce });
    const shown = presentation.split("~").slice(1, -1).map((text) => JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[]);
    const names = shown.flatMap((disclosure) => (disclosure.length === 3 ? [String(disclosure[1])] : []));
    const inQuery = request.query.credentials[0].claims?.flatMap((claim) => ("path" in claim ? claim.path.map(String) : [])) ?? [];
    expect(Object.keys(claims)).toContain("family_name");
    expect(names.filter((name) => !inQuery.includes(name))).toEqual([]);
    expect(names).not.toContain("address");
  });
});
