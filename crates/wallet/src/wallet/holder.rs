//! The holder of a full card: the ID password, the device, and keys that the authority keeps.

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::json::Limits;
use mibun_crypto::key::{Jwk, PublicKey, SoftwareKey};
use mibun_crypto::opaque::{LoggedIn, Login, Registration};
use mibun_issuing::collect::{MadeProof, WantedProofs};
use mibun_issuing::exchange::{HttpRequest, Method};
use mibun_presenting::session::Handover;
use mibun_proofing::device_proof::{self, Context, Purpose};
use mibun_proofing::id_password::IdPassword;
use mibun_proofing::instruction::{Consent, Draft, Instruction, InstructionKey, Subject, make};
use serde_json::{Value, json};

use super::Wallet;
use super::collect::stored;
use super::present::Asking;
use crate::failure::Failure;
use crate::held::software_key;
use crate::store::{Account, KeptKey};

const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 8, nodes: 4000 };
/// Longer texts are no codes.
const LONGEST_CODE: usize = 64;

/// Where a journey is, and the token that opens it.
#[derive(Clone, Copy)]
pub struct JourneyAccess<'a> {
    /// `https://…/api/journeys/{id}`.
    pub address: &'a str,
    /// The bearer token.
    pub token: &'a str,
}

impl fmt::Debug for JourneyAccess<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JourneyAccess([redacted])")
    }
}

/// A sign-in with the ID password, for as long as the authority follows its instructions. Never stored.
pub(super) struct Session {
    exchange: String,
    mac_key: InstructionKey,
}

impl Wallet {
    /// Sets the ID password of a journey to a full card. The authority does not learn it.
    pub async fn set_password(&mut self, journey: JourneyAccess<'_>, password: &IdPassword) -> Result<(), Failure> {
        let digits = password.as_bytes();
        let (registration, request) = Registration::start(digits, &mut *self.entropy)?;
        let start = post(
            format!("{}/password/start", journey.address),
            Some(journey.token),
            &json!({ "request": base64url::encode(&request) }),
        );
        let response = bytes(&self.call(start).await?, "response")?;
        let registered = registration.finish(digits, &response, &mut *self.entropy)?;
        let finish = post(
            format!("{}/password/finish", journey.address),
            Some(journey.token),
            &json!({ "record": base64url::encode(&registered.record) }),
        );
        self.call(finish).await.map(drop)
    }

    /// Signs in with this device and the ID password; what the authority then signs for, it signs for some minutes.
    pub async fn sign_in(&mut self, password: &IdPassword) -> Result<(), Failure> {
        self.session = None;
        let account = self.store.account().cloned().ok_or(Failure::NoAccount)?;
        let device = software_key(&account.device)?;
        let (login, request) = Login::start(password.as_bytes(), &mut *self.entropy)?;
        let proof = self.device_proof(&account.authority, Purpose::SignIn, &request, &device).await?;
        let body = json!({ "proof": proof, "request": base64url::encode(&request) });
        let answer = self.call(post(at(&account.authority, "api/holder/login/start"), None, &body)).await?;
        let LoggedIn { finalization, session_key, .. } =
            login.finish(password.as_bytes(), &bytes(&answer, "response")?, &mut *self.entropy)?;
        let exchange = text(&answer, "exchange")?.to_owned();
        let body = json!({ "exchange": exchange, "finalization": base64url::encode(&finalization) });
        self.call(post(at(&account.authority, "api/holder/login/finish"), None, &body)).await?;
        self.session = Some(Session { exchange, mac_key: InstructionKey::of(&session_key) });
        Ok(())
    }

    /// Keys that the authority keeps, with their proofs for one credential request.
    pub(super) async fn prove(
        &mut self,
        wanted: &WantedProofs,
        password: &IdPassword,
    ) -> Result<(Vec<KeptKey>, Vec<MadeProof>), Failure> {
        self.register_device(wanted).await?;
        self.sign_in(password).await?;
        let (account, exchange) = self.signed_in()?;
        let body = json!({ "exchange": exchange, "count": wanted.count });
        let prepare = post(at(&wanted.issuer, "api/holder/keys/prepare"), Some(wanted.token.expose()), &body);
        let prepared = self.call(prepare).await?;
        let keys: Vec<KeptKey> = list(&prepared, "keys")?.iter().map(kept).collect::<Result<_, _>>()?;
        let c_nonce = wanted.nonce.clone().ok_or(Failure::AuthorityReply)?;
        let consent = Consent::CredentialRequestProof { credential_issuer: wanted.issuer.clone(), c_nonce };
        let mut instructions = Vec::with_capacity(keys.len());
        for key in &keys {
            let Instruction { statement, mac } = self.instruct(&account, key, &consent)?;
            instructions.push(json!({ "copy": key.copy, "statement": statement, "mac": mac }));
        }
        let body = json!({ "exchange": exchange, "instructions": instructions });
        let proven = self.call(post(at(&wanted.issuer, "api/holder/keys"), None, &body)).await?;
        let jwts = list(&proven, "proofs")?.iter().map(|jwt| jwt.as_str().ok_or(Failure::AuthorityReply));
        let made = keys.iter().zip(jwts).map(|(key, jwt)| Ok(MadeProof { key: public(key)?, jwt: jwt?.to_owned() }));
        let made = made.collect::<Result<_, Failure>>()?;
        Ok((keys, made))
    }

    /// The key binding of what is shown to the asker, by a key that the authority keeps.
    pub(super) async fn bind_kept(
        &mut self,
        key: &KeptKey,
        asking: Asking<'_>,
        sd_hash: String,
    ) -> Result<String, Failure> {
        let consent = Consent::KeyBinding {
            client_id: asking.audience.to_owned(),
            nonce: asking.nonce.to_owned(),
            response_uri: asking.response_uri.map(ToString::to_string),
            sd_hash,
        };
        text(&self.follow(key, &consent).await?, "key_binding").map(str::to_owned)
    }

    /// The device signature of a document that is shown to the asker, by a key that the authority keeps.
    pub(super) async fn sign_kept(
        &mut self,
        key: &KeptKey,
        asking: Asking<'_>,
        doc_type: &str,
    ) -> Result<Vec<u8>, Failure> {
        let Handover::Redirect { client_id, nonce, jwk_thumbprint, response_uri } = asking.handover else {
            return Err(Failure::KeptDocument);
        };
        let consent = Consent::DeviceAuthentication {
            doc_type: doc_type.to_owned(),
            client_id: client_id.clone(),
            nonce: nonce.clone(),
            response_uri: response_uri.clone(),
            key_thumbprint: *jwk_thumbprint,
        };
        bytes(&self.follow(key, &consent).await?, "device_signature")
    }

    /// Has the authority sign for a consent with a copy's key.
    async fn follow(&mut self, key: &KeptKey, consent: &Consent) -> Result<Value, Failure> {
        let (account, exchange) = self.signed_in()?;
        let Instruction { statement, mac } = self.instruct(&account, key, consent)?;
        let body = json!({ "exchange": exchange, "copy": key.copy, "statement": statement, "mac": mac });
        self.call(post(at(&account.authority, "api/holder/sign"), None, &body)).await
    }

    /// Makes this wallet the holder's device, under the access token of an offer. A device of this authority stays what
    /// it is.
    async fn register_device(&mut self, wanted: &WantedProofs) -> Result<(), Failure> {
        let known = self.store.account().filter(|account| account.authority == wanted.issuer);
        let device = match known {
            Some(account) => software_key(&account.device)?,
            None => SoftwareKey::generate(&mut *self.entropy),
        };
        let token = wanted.token.expose();
        let proof = self.device_proof(&wanted.issuer, Purpose::Registration, token.as_bytes(), &device).await?;
        let register = post(at(&wanted.issuer, "api/holder/devices"), Some(token), &json!({ "proof": proof }));
        let registered = self.call(register).await?;
        let account = Account {
            authority: text(&registered, "authority")?.to_owned(),
            person: text(&registered, "person")?.to_owned(),
            card: text(&registered, "card")?.to_owned(),
            device: stored(&device),
        };
        if account.authority != wanted.issuer {
            return Err(Failure::AuthorityReply);
        }
        Ok(self.store.set_account(account, &mut *self.entropy)?)
    }

    async fn device_proof(
        &mut self,
        authority: &str,
        purpose: Purpose,
        over: &[u8],
        device: &SoftwareKey,
    ) -> Result<String, Failure> {
        let nonce = self.call(HttpRequest::post_empty(at(authority, "nonce"))).await?;
        let context = Context { purpose, authority, over, now: self.now() };
        Ok(device_proof::make(&context, text(&nonce, "c_nonce")?, device)?)
    }

    fn signed_in(&self) -> Result<(Account, String), Failure> {
        let session = self.session.as_ref().ok_or(Failure::SignInFirst)?;
        let account = self.store.account().cloned().ok_or(Failure::NoAccount)?;
        Ok((account, session.exchange.clone()))
    }

    fn instruct(&mut self, account: &Account, key: &KeptKey, consent: &Consent) -> Result<Instruction, Failure> {
        let session = self.session.as_ref().ok_or(Failure::SignInFirst)?;
        let subject = Subject {
            authority: account.authority.clone(),
            person: account.person.clone(),
            card: account.card.clone(),
            copy: key.copy.clone(),
            exchange: session.exchange.clone(),
        };
        let draft = Draft { subject: &subject, key: &public(key)?, consent, now: self.clock.now() };
        Ok(make(&draft, &software_key(&account.device)?, &session.mac_key, &mut *self.entropy)?)
    }

    /// One exchange with the authority's own interface.
    async fn call(&mut self, request: HttpRequest) -> Result<Value, Failure> {
        let answer = self.network.exchange(request).await?;
        if !answer.is_success() {
            return Err(Failure::Refused { code: problem_code(&answer.body) });
        }
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        answer.json(&LIMITS).map_err(|_| Failure::AuthorityReply)
    }
}

fn at(authority: &str, path: &str) -> String {
    format!("{}/{path}", authority.trim_end_matches('/'))
}

fn post(url: String, token: Option<&str>, body: &Value) -> HttpRequest {
    let mut headers = vec![("accept", "application/json".to_owned()), ("content-type", "application/json".to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    HttpRequest { method: Method::Post, url, headers, body: body.to_string().into_bytes() }
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Failure> {
    value.get(name).and_then(Value::as_str).ok_or(Failure::AuthorityReply)
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], Failure> {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).ok_or(Failure::AuthorityReply)
}

fn bytes(value: &Value, name: &str) -> Result<Vec<u8>, Failure> {
    base64url::decode(text(value, name)?).map_err(|_| Failure::AuthorityReply)
}

fn kept(value: &Value) -> Result<KeptKey, Failure> {
    let jwk = value.get("jwk").and_then(|jwk| Jwk::from_value(jwk).ok()).ok_or(Failure::AuthorityReply)?;
    Ok(KeptKey { copy: text(value, "copy")?.to_owned(), jwk })
}

fn public(key: &KeptKey) -> Result<PublicKey, Failure> {
    PublicKey::from_jwk(&key.jwk).map_err(|_| Failure::AuthorityReply)
}

/// The code of a problem document (RFC 9457). Free text of the other side is not handed on to a terminal.
fn problem_code(body: &[u8]) -> String {
    let is_code = |text: &&str| {
        (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let problem = mibun_crypto::json::parse(body, &LIMITS).unwrap_or_default();
    problem.get("code").and_then(Value::as_str).filter(is_code).unwrap_or("unknown").to_owned()
}
