import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CaptureSession } from "./session.svelte";

const ACCESS = { id: "j1", token: "secret" };
const OPENED = { capture: "c1", instruction: { step: "centre", index: 0, total: 3 }, frame_interval_ms: 100, expires_at: "", attempts_left: 4 };
const DECISION = { outcome: "accepted", reason: "matched", message: { en: "", ja: "", "zh-Hans": "" }, retry_allowed: false, attempts_left: 3 };

const frame = (more: object = {}) => Response.json({ hint: null, instruction: { step: "nod", index: 1, total: 3 }, progress: 0.5, done: false, ...more });
const problem = (status: number, code: string, headers = {}) => new Response(JSON.stringify({ code, status }), { status, headers });

let frames: (Response | Error)[];
let sent: { sequence: string | null; authorization: string | null }[];
let open: Response;
let journey: object | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  [frames, sent, open, journey] = [[], [], Response.json(OPENED, { status: 201 }), undefined];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const url = new URL(path, "https://id.example");
    if (url.pathname.endsWith("/captures")) return Promise.resolve(open);
    if (url.pathname.endsWith("/j1")) return journey ? Promise.resolve(Response.json(journey)) : Promise.reject(new TypeError("network"));
    sent.push({ sequence: url.searchParams.get("seq"), authorization: new Headers(init.headers).get("authorization") });
    const next = frames.shift() ?? new TypeError("no more answers");
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function run(session = new CaptureSession(ACCESS, { grab: () => Promise.resolve(new Blob(["jpeg"])) })) {
  const over = session.run();
  await vi.advanceTimersByTimeAsync(60_000);
  await over;
  return session;
}

test("pictures are numbered, carry the journey's token and end with the decision", async () => {
  frames = [frame(), frame({ hint: "too_dark" }), frame({ done: true, progress: 1, decision: DECISION })];
  const session = await run();
  expect(sent.map(({ sequence }) => sequence)).toEqual(["0", "1", "2"]);
  expect(new Set(sent.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer secret"]));
  expect([session.phase, session.decision?.outcome, session.progress]).toEqual(["decided", "accepted", 1]);
});

test("instruction and hint follow the server's answer", async () => {
  frames = [frame({ hint: "too_far" })];
  const session = new CaptureSession(ACCESS, { grab: () => Promise.resolve(new Blob(["jpeg"])) });
  const over = session.run();
  await vi.advanceTimersByTimeAsync(1);
  expect([session.instruction?.step, session.hint, session.progress]).toEqual(["nod", "too_far", 0.5]);
  session.stop();
  await vi.advanceTimersByTimeAsync(1000);
  await over;
});

test("a lost answer is survived, and its number is not used again", async () => {
  frames = [new TypeError("network"), problem(503, "busy"), frame({ done: true, decision: DECISION })];
  const session = await run();
  expect(sent.map(({ sequence }) => sequence)).toEqual(["0", "1", "2"]);
  expect(session.phase).toBe("decided");
});

test("a picture that is refused does not end the capture", async () => {
  frames = [problem(422, "frame_replayed"), frame(), problem(422, "frame_too_fast"), frame({ done: true, decision: DECISION })];
  const session = await run();
  expect([session.phase, sent.length, session.isSlow]).toEqual(["decided", 4, false]);
});

test("a server that stays away ends the capture", async () => {
  frames = Array.from({ length: 9 }, () => new TypeError("network"));
  const session = await run();
  expect([session.phase, session.end, sent.length]).toEqual(["ended", "failed", 5]);
});

test.each([
  [410, "gone", "time_over"],
  [409, "not_possible_now", "no_more"],
  [409, "chip_missing", "failed"],
  [409, "password_missing", "failed"],
  [401, "unauthorized", "failed"],
] as const)("the refusal %i %s ends the capture as %s", async (status, code, end) => {
  frames = [problem(status, code)];
  expect((await run()).end).toBe(end);
});

const lost = { network: Array.from({ length: 5 }, () => new TypeError("network")), gone: [problem(410, "gone")] };

test.each([
  ["network", "accepted"],
  ["gone", "accepted"],
  ["gone", "referred"],
  ["gone", "rejected"],
  ["gone", "expired"],
] as const)("where the last answer was lost (%s), the journey tells that it is %s", async (how, state) => {
  frames = [frame(), ...lost[how]].map((answer) => (answer instanceof Response ? answer.clone() : answer));
  journey = { state, decision: state === "expired" ? null : { ...DECISION, outcome: state } };
  const session = await run();
  expect([session.phase, session.end, session.failure]).toEqual(["decided", undefined, undefined]);
  expect(session.decision?.outcome).toBe(state === "expired" ? undefined : state);
});

test.each(["open", "capturing"])("a capture that is gone while the journey is %s is over", async (state) => {
  [frames, journey] = [[problem(410, "gone")], { state }];
  const session = await run();
  expect([session.phase, session.end, session.decision]).toEqual(["ended", "time_over", undefined]);
});

test.each([
  ["accepted", "decided", undefined],
  ["rejected", "ended", "no_more"],
])("where no capture may begin, a journey that is %s is %s", async (state, phase, end) => {
  [open, journey] = [problem(409, "not_possible_now"), { state, decision: { ...DECISION, outcome: state } }];
  const session = await run();
  expect([session.phase, session.end, sent.length]).toEqual([phase, end, 0]);
});

test("whoever stops while the journey is looked up is told nothing", async () => {
  [frames, journey] = [[problem(410, "gone")], { state: "accepted", decision: DECISION }];
  const session = new CaptureSession(ACCESS, { grab: () => Promise.resolve(new Blob(["jpeg"])) });
  const look = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    if (path.endsWith("/j1")) session.stop();
    return look(path, init);
  });
  await run(session);
  expect([session.phase, session.end, session.decision]).toEqual(["running", undefined, undefined]);
});

test("no tries left is known before the first picture", async () => {
  open = problem(429, "too_many_requests", { "retry-after": "600" });
  const session = await run();
  expect([session.end, sent.length]).toEqual(["no_more", 0]);
});

test("a stopped capture sends nothing more and reports nothing", async () => {
  frames = Array.from({ length: 50 }, () => frame());
  const session = new CaptureSession(ACCESS, { grab: () => Promise.resolve(new Blob(["jpeg"])) });
  const over = session.run();
  await vi.advanceTimersByTimeAsync(250);
  session.stop();
  const before = sent.length;
  await vi.advanceTimersByTimeAsync(5000);
  await over;
  expect([sent.length - before, session.phase, session.end]).toEqual([0, "running", undefined]);
});
