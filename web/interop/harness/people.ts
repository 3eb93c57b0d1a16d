import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operate } from "./operator";
import { settings } from "./settings";

/** Somebody in the register. Each test file has people of its own: a new card ends the one before. */
export interface Person {
  number: string;
  family_name: string;
  given_name: string;
  birthdate: string;
  address: string;
  photograph: string;
}

const somebody = (number: string, given_name: string, photograph: string): Person => ({ number, family_name: "Kazama", given_name, birthdate: "1988-04-12", address: "1-2-3 Hoshimi Minato", photograph });

export const PEOPLE = {
  collecting: somebody("CL000001", "Aya", "a1.jpg"),
  showing: somebody("SH000002", "Ren", "b1.jpg"),
  refused: somebody("RF000003", "Mio", "a2.jpg"),
  revoked: somebody("RV000004", "Sora", "b2.jpg"),
  terminal: somebody("TM000005", "Kai", "a1.jpg"),
  authorizing: somebody("AU000006", "Hana", "b1.jpg"),
  offered: somebody("OF000007", "Yui", "a2.jpg"),
  refreshing: somebody("RE000008", "Taro", "b2.jpg"),
  guarded: somebody("GU000009", "Emi", "a1.jpg"),
  document: somebody("MD000010", "Rin", "b1.jpg"),
  calling: somebody("CA000011", "Kaede", "a2.jpg"),
};

const COLUMNS = ["number", "family_name", "given_name", "family_name_native", "given_name_native", "birthdate", "sex", "nationality", "place_of_birth", "address", "document_number", "document_valid_until", "portrait"];

/** Puts all of them into the register as an operator does: a table and a folder of photographs. */
export async function register(folder: string): Promise<void> {
  const portraits = join(folder, "portraits");
  mkdirSync(portraits);
  const rows = Object.values(PEOPLE).map((person, at) => {
    copyFileSync(join(settings().faces, person.photograph), join(portraits, person.photograph));
    return [person.number, person.family_name, person.given_name, "風間", "彩", person.birthdate, "2", "JP", "Hoshimi", person.address, `AB123456${at}`, "2035-04-11", person.photograph];
  });
  const table = join(folder, "people.csv");
  writeFileSync(table, [COLUMNS, ...rows].map((row) => `${row.join(",")}\n`).join(""));
  await operate(folder, ["register", "import", table, "--portraits", portraits]);
}
