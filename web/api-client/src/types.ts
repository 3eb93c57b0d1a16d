/** One text in every language. */
export interface Texts {
  en: string;
  ja: string;
  "zh-Hans": string;
}

export type Level = "light" | "full";

export interface About {
  authority: { name: Texts; country: string };
  demo: boolean;
  languages: string[];
  face_models: FaceModels;
  wallet_url: string;
  version: string;
}

export interface FaceModels {
  /** `recommended`, `standard` or `none`. */
  set: string;
  can: string[];
  cannot: string[];
}

export interface Scene {
  id: string;
  title: Texts;
  purpose: Texts;
  legal_basis: Texts;
  minimum_level: Level;
  retention_days: number;
  fields: SceneField[];
}

export interface SceneField {
  path: string[];
  required: boolean;
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
  hint?: Hint | null;
  instruction: Instruction;
  progress: number;
  done: boolean;
  decision?: Decision | null;
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
  decision?: Decision | null;
  offer?: Offer | null;
}

export interface MovingCode {
  svg: string;
  text: string;
  /** When the next one takes its place; absent for a code that stays. */
  expires_at?: string | null;
}

/** A check as the window that asked, or the browser it was opened in, may see it. */
export interface Check {
  id: string;
  scene: string;
  state: "waiting" | "scanned" | "verified" | "refused" | "expired";
  created_at: string;
  expires_at: string;
  request_uri?: string | null;
  link?: string | null;
  wallet_link?: string | null;
  code?: MovingCode | null;
  /** The two words that both screens show, once a wallet has scanned. */
  words?: Texts[] | null;
  verdict?: Verdict | null;
  retain_until?: string | null;
}

export interface Verdict {
  outcome: "accepted" | "refused" | "declined";
  level?: string | null;
  checks: CheckMade[];
  refusal?: { code: string; message: Texts } | null;
  fields: VerdictField[];
  at?: string | null;
}

export interface CheckMade {
  name: string;
  passed: boolean;
}

export interface VerdictField {
  path: string[];
  label?: Texts | null;
  /** Whether the value is kept, or shown this once. */
  kept: boolean;
  value: unknown;
}

export interface WindowInfo {
  id: string;
  name: string;
  organisation: Texts;
  scenes: Scene[];
}

export interface Officer {
  id: string;
  name: string;
}

export interface Counts {
  people: number;
  journeys_referred: number;
  cards_valid: number;
  cards_suspended: number;
  cards_revoked: number;
}

export interface PersonLine {
  id: string;
  number: string;
  name: string;
  birthdate: string;
  status: string;
}

export interface PersonPage {
  people: PersonLine[];
  /** Hand in as `after` for the next page. */
  next?: string | null;
}

export interface Person {
  id: string;
  number: string;
  family_name: string;
  given_name: string;
  family_name_native?: string | null;
  given_name_native?: string | null;
  birthdate: string;
  sex: number;
  nationalities: string[];
  address?: string | null;
  document_valid_until: string;
  status: string;
  cards: CardRecord[];
}

export interface CardRecord {
  id: string;
  person: string;
  level: string;
  status: string;
  issued_at: string;
  expires_at: string;
}

export type CardStatus = "valid" | "suspended" | "revoked";

/** A journey that waits for an officer. */
export interface Referral {
  id: string;
  person: string;
  name: string;
  number: string;
  created_at: string;
  reason: string;
  /** Likeness of the live face and the register's portrait. */
  similarity?: number | null;
  accept_threshold?: number | null;
  review_threshold?: number | null;
  /** The lowest anti-spoof score that counted; absent without an anti-spoof model. */
  live?: number | null;
}

export interface AuditEntry {
  seq: number;
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
