import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newKey } from "../protocol/jws";
import { addCard, copiesLeft, deleteCard, findCopies, listCards, readCard, replaceCopies, returnCopies, takeCopies, takeThese, type HeldCard } from "./cards";
import { eraseAll, type Copy } from "./database";
import { keepWaiting, listWaiting } from "./waiting";

const CARD: HeldCard = { id: "card-1", issuer: "https://id.example", vct: "card", claims: { family_name: "Yamada" }, obtainedAt: 1, expiresAt: undefined, copiesIssued: 2 };
const RENAMED: HeldCard = { ...CARD, claims: { family_name: "Suzuki" } };
let key: CryptoKey;

beforeEach(async () => {
  key = (await newKey()).privateKey;
  await addCard(CARD, copies("a", "b"));
});

afterEach(eraseAll);

const copies = (...texts: string[]): Copy[] => texts.map((sdJwt) => ({ card: CARD.id, key, status: undefined, sdJwt }));
const wanted = (revision: number | undefined) => [{ card: CARD.id, format: "dc+sd-jwt", revision }] as const;
const replaceBy = (card: HeldCard, isSame: boolean) => replaceCopies(CARD.id, { card, copies: copies("c", "d"), isSame: () => isSame });

test("a copy that says something else than was on the screen is neither found nor taken", async () => {
  expect(await findCopies(wanted(undefined))).toMatchObject([{ sdJwt: "a" }]);
  expect(await replaceBy(RENAMED, false)).toBe(true);
  expect([await findCopies(wanted(undefined)), await takeCopies(wanted(undefined)), await copiesLeft(CARD.id)]).toEqual([undefined, undefined, 2]);
  const { revision } = (await readCard(CARD.id)) ?? {};
  expect([revision, await takeCopies(wanted(revision))]).toMatchObject([1, [{ sdJwt: "c" }]]);
  await replaceBy(CARD, false);
  expect([(await readCard(CARD.id))?.revision, await takeCopies(wanted(revision)), await copiesLeft(CARD.id)]).toEqual([2, undefined, 2]);
});

test("fresh copies that say the same are what was on the screen", async () => {
  await replaceBy(CARD, true);
  expect(await takeCopies(wanted(undefined))).toMatchObject([{ sdJwt: "c" }]);
});

test.each<[string, () => Promise<unknown>, number]>([
  ["its card was deleted", () => deleteCard(CARD.id), 0],
  ["everything was erased", eraseAll, 0],
  ["its card says something else", () => replaceBy(RENAMED, false), 2],
])("a copy that was taken does not come back where %s", async (_, act, left) => {
  const taken = (await takeCopies(wanted(undefined))) ?? [];
  expect(taken.length).toBe(1);
  await act();
  await returnCopies(taken);
  expect([await copiesLeft(CARD.id), await findCopies(wanted(undefined))]).toEqual([left, undefined]);
});

test("a copy that was shown to nobody comes back to its card", async () => {
  const taken = (await takeCopies(wanted(undefined))) ?? [];
  await returnCopies(taken);
  expect([await copiesLeft(CARD.id), (await findCopies(wanted(undefined)))?.[0]?.id]).toEqual([2, taken[0]?.id]);
});

test("in a wallet that was erased meanwhile no other copy is taken by the same number", async () => {
  const found = (await findCopies(wanted(undefined))) ?? [];
  await eraseAll();
  await addCard({ ...CARD, id: "card-2" }, copies("x").map((copy) => ({ ...copy, card: "card-2" })));
  expect([found[0]?.id, await takeThese(found), await copiesLeft("card-2")]).toEqual([1, false, 1]);
});

test("a card that is deleted takes along what is waited for to fill it up", async () => {
  await keepWaiting({ id: "w-1", issuer: CARD.issuer, since: 1, askedAt: 1, renews: CARD.id });
  await keepWaiting({ id: "w-2", issuer: CARD.issuer, since: 1, askedAt: 1, renews: "other" });
  await deleteCard(CARD.id);
  expect([await listCards(), (await listWaiting()).map(({ id }) => id)]).toEqual([[], ["w-2"]]);
});
