/** One text in every language. */
export interface Texts {
  en: string;
  ja: string;
  "zh-Hans": string;
}

export type Level = "light" | "full";

export interface About {
  authority: { name: Texts };
  demo: boolean;
  languages: string[];
  faceModels: FaceModels;
  wallet_url: string;
}

export interface FaceModels {
  set: string;
  canDo: string[];
  cannotDo: string[];
}

export interface Scene {
  id: string;
  version: number;
  title: Texts;
  purpose: Texts;
  legal_basis: Texts;
  minimum_level: Level;
  presence: "none" | "face" | "password";
  retention_days: number;
  counsel_confirmed: boolean;
  fields: SceneField[];
}

export interface SceneField {
  path: string[];
  required: boolean;
  keep: boolean;
  label: Texts;
  why: Texts;
}

export interface JourneyOpened {
  id: string;
  token: string;
  expires_at: string;
}

export type Step = "centre" | "turn_left" | "turn_right" | "nod" | "blink" | "closer";

export type Hint =
  | "no_face"
  | "two_faces"
  | "too_dark"
  | "too_bright"
  | "too_far"
  | "too_close"
  | "look_straight"
  | "off_centre"
  | "blurred"
  | "hold_still";

export interface Instruction {
  step: Step;
  index: number;
  total: number;
}

export interface CaptureOpened {
  capture: string;
  instruction: Instruction;
  frame_interval_ms: number;
  expires_at: string;
  attempts_left: number;
}

export interface FrameAnswer {
  hint: Hint | null;
  instruction: Instruction;
  progress: number;
  done: boolean;
  decision?: Decision;
}

export interface Decision {
  outcome: "accepted" | "referred" | "rejected";
  reason: string;
  message: Texts;
  retry_allowed: boolean;
  attempts_left: number;
}

export interface Offer {
  uri: string;
  link: string;
  tx_code: string;
  expires_at: string;
}

export interface Journey {
  state: "open" | "capturing" | "referred" | "accepted" | "rejected" | "collected" | "expired";
  decision?: Decision;
  offer?: Offer;
}

/** Two words that must read the same at the counter and on the phone. */
export interface MatchingWords {
  first: Texts;
  second: Texts;
}

export interface MovingCode {
  svg: string;
  text: string;
  expires_at: string;
}

export interface CheckOpened {
  id: string;
  request_uri: string;
  link: string;
  wallet_link: string;
  code: MovingCode;
  words?: MatchingWords;
}

export interface CheckState {
  state: "waiting" | "scanned" | "verified" | "refused" | "expired";
  words?: MatchingWords;
  code?: MovingCode;
  verdict?: Verdict;
}

export interface Verdict {
  outcome: "accepted" | "refused";
  level?: Level;
  checks: CheckMade[];
  refusal?: { code: string; message: Texts };
  fields: VerdictField[];
}

export interface CheckMade {
  name: string;
  passed: boolean;
}

export interface VerdictField {
  path: string[];
  label: Texts;
  value: unknown;
}

export interface WindowInfo {
  name: string;
  organisation: Texts;
  scenes: Scene[];
}

export interface Guest {
  id: string;
  checked_at: string;
  level: Level;
  delete_at: string;
  fields: VerdictField[];
}

export interface GuestList {
  guests: Guest[];
  total: number;
}

export interface Officer {
  name: string;
}

export interface Counts {
  people: number;
  cards_valid: number;
  cards_suspended: number;
  cards_revoked: number;
  journeys_referred: number;
  journeys_today: number;
  checks_today: number;
}

export interface PersonSummary {
  id: string;
  number: string;
  name: string;
  name_native?: string;
  birthdate: string;
  status: string;
}

export interface PersonPage {
  people: PersonSummary[];
  page: number;
  pages: number;
  total: number;
}

export interface Person extends PersonSummary {
  sex?: string;
  nationality: string;
  address: string;
  document_number?: string;
  document_expires?: string;
  portrait_url?: string;
  cards: CardRecord[];
}

export interface CardRecord {
  id: string;
  person: string;
  level: Level;
  status: CardStatus;
  issued_at: string;
  expires_at: string;
  copies: number;
}

export type CardStatus = "valid" | "suspended" | "revoked";

export interface JourneySummary {
  id: string;
  number: string;
  name: string;
  referred_at: string;
  reason: string;
}

export interface JourneyRecord extends JourneySummary {
  scores: Score[];
  decision: Decision;
  person?: PersonSummary;
}

/** One measured value with the bounds it was held against. */
export interface Score {
  name: string;
  value: number;
  accept_at?: number;
  refuse_below?: number;
}

export interface AuditEntry {
  at: string;
  actor: string;
  action: string;
  subject: string;
}

export interface NewPerson {
  family_name: string;
  given_name: string;
  family_name_native: string;
  given_name_native: string;
  birthdate: string;
  sex: string;
  nationality: string;
  address: string;
  portrait: Blob;
}

export interface PersonAdded {
  number: string;
  name: string;
}
