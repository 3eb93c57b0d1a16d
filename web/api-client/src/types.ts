import type { components } from "./schema";

/** What the server describes, by its names. */
type Schemas = components["schemas"];

/** `S` with some members said more exactly than the description can; a member that is gone is a type error. */
type Exactly<S, T extends { [K in keyof T]: K extends keyof S ? unknown : never }> = Omit<S, keyof T> & T;

/** One text in every language. */
export type Texts = Schemas["TextView"];

export type FaceModels = Schemas["ModelsView"];
export type About = Exactly<Schemas["About"], { authority: Exactly<Schemas["AuthorityView"], { name: Texts }> }>;

export type Level = "light" | "full";
export type SceneField = Schemas["SceneFieldView"];
export type Scene = Exactly<Schemas["SceneView"], { minimum_level: Level }>;

export type JourneyOpened = Schemas["OpenedJourney"];

export type Step = "centre" | "turn_left" | "turn_right" | "nod" | "blink" | "closer";
export type Hint = "no_face" | "two_faces" | "too_dark" | "too_bright" | "too_far" | "too_close" | "look_straight" | "off_centre" | "blurred" | "hold_still";
export type Instruction = Exactly<Schemas["InstructionView"], { step: Step }>;
export type CaptureOpened = Exactly<Schemas["BegunCapture"], { instruction: Instruction }>;
export type Decision = Exactly<Schemas["DecisionView"], { outcome: "accepted" | "referred" | "rejected" }>;
export type FrameAnswer = Exactly<Schemas["FrameView"], { hint?: Hint | null; instruction: Instruction; decision?: Decision | null }>;

export type Offer = Schemas["OfferView"];
export type LaterOffer = Schemas["LaterOfferView"];
export type JourneyState = "open" | "capturing" | "referred" | "accepted" | "rejected" | "collected" | "expired";
export type Journey = Exactly<Schemas["JourneyView"], { state: JourneyState; goal: Level; decision?: Decision | null }>;

export type PairingCode = Schemas["PairingCode"];
export type PairingState = "waiting" | "reading" | "done" | "refused";
export type ChipRefusal = Exactly<Schemas["ChipRefusalView"], { message: Texts }>;
export type Pairing = Exactly<Schemas["PairingView"], { state: PairingState; refusal?: ChipRefusal | null }>;

/** The person's device, and the names that instructions of it have to carry. */
export type HolderDevice = Schemas["DeviceView"];
/** What an authenticator answers, every member in base64url. */
export type PasskeyAssertion = Schemas["AssertionBody"];
export type NewPasskey = Schemas["NewPasskeyBody"];
/** A statement that a passkey confirms. */
export type PasskeyInstruction = Schemas["PasskeyInstruction"];
export type SignInAnswer = Schemas["SignInAnswer"];
export type SignedIn = Schemas["SessionView"];
/** A key that the authority keeps. */
export type PreparedKey = Exactly<Schemas["PreparedKey"], { jwk: JsonWebKey }>;
export type CopyInstruction = Schemas["CopyInstruction"];
/** What a signed-in holder asks for: the sign-in, the device's proof, and the MAC over it. */
export type HolderRequest = Schemas["HolderRequest"];
/** What the authority keeps about a holder, except what `left_out` names. */
export interface HolderExport {
  authority: string;
  exported_at: string;
  register_record: Record<string, unknown>;
  register_status: PersonStatus;
  /** The register's, as a `data:` URL. */
  portrait: string | null;
  cards: { level: Level; status: CardStatus; issued_at: string; expires_at: string }[];
  devices: { name: string | null; passkey: boolean; state: string; registered_at: string; retired_at: string | null }[];
  id_password_set_at: string | null;
  /** The authority's names for what is kept and not copied, such as `audit_trail`. */
  left_out: string[];
}

/** What stands on a photographed document. */
export type ReadDocument = Exactly<Schemas["ReadDocument"], { kind: "resident_card" | "resident_card_back" | "machine_readable" }>;
export type ReadField = Schemas["ReadField"];
export type ChipKey = Schemas["ChipKey"];

export type MovingCode = Schemas["CodeView"];
export type CheckMade = Schemas["CheckMadeView"];
export type VerdictField = Exactly<Schemas["FieldView"], { value: unknown }>;
export type Verdict = Exactly<Schemas["VerdictView"], { outcome: "accepted" | "refused" | "declined"; fields: VerdictField[] }>;
export type CheckState = "waiting" | "scanned" | "verified" | "refused" | "expired";
export type Check = Exactly<Schemas["CheckView"], { state: CheckState; verdict?: Verdict | null }>;

/** A request for the browser's Digital Credentials API, and what a wallet answered over it. */
export type DigitalCredentialRequest = Exactly<Schemas["DigitalCredentialRequest"], { data: unknown }>;
export type DigitalCredentialAnswer = Exactly<Schemas["DigitalCredential"], { data: unknown }>;

export type WindowInfo = Exactly<Schemas["WindowView"], { scenes: Scene[] }>;

export type Officer = Schemas["Me"];
export type Counts = Schemas["Counts"];
export type PersonLine = Schemas["PersonLine"];
export type PersonPage = Schemas["PersonPage"];
export type Person = Schemas["PersonView"];
export type CardRecord = Schemas["CardView"];
/** Where a person's record stands. */
export type PersonStatus = "active" | "suspended" | "deceased" | "expired";
export type CardStatus = "valid" | "suspended" | "revoked";
/** A journey that waits for an officer. */
export type Referral = Schemas["ReferralView"];
/** Whom chips of documents are believed by. */
export type Trust = Schemas["TrustView"];
export type AuditEntry = Schemas["AuditView"];

export type PersonAdded = Schemas["AddedPerson"];
export type NewPerson = { [K in keyof Schemas["PersonForm"]]-?: K extends "portrait" ? Blob : string };
