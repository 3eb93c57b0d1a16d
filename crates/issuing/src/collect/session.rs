//! What lasts through all stages: what the holder decided, what servers said about proofs, and the message that is out.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;

use super::instance::{Fresh, Moment};
use super::server::Server;
use super::steps::Stage;
use super::{CollectError, Collector, Need, Progress, Settings, State};
use crate::error::Code;
use crate::exchange::{HttpRequest, HttpResponse};
use crate::secret::Secret;
use crate::token::TokenType;

/// The present, and chance.
pub struct Turn<'a> {
    pub now: Timestamp,
    pub entropy: &'a mut dyn Entropy,
}

/// An access token and how it is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    pub token: Secret,
    pub kind: TokenType,
}

/// Who a message is proven to.
#[derive(Debug, Clone)]
pub enum Guard {
    /// The authorization server; where `binds`, with the key of the tokens, too.
    Server { audience: String, attests: bool, binds: bool },
    /// The credential issuer, under a token.
    Issuer(Access),
}

#[derive(Debug, Clone)]
struct Sent {
    request: HttpRequest,
    guard: Guard,
    /// Whether it was said again for a nonce, and for a challenge.
    repeated: [bool; 2],
}

#[derive(Debug, Clone)]
pub struct Session {
    pub settings: Settings,
    server: Fresh,
    issuer: Fresh,
    sent: Option<Sent>,
}

impl Session {
    pub fn new(settings: Settings) -> Self {
        Self { settings, server: Fresh::default(), issuer: Fresh::default(), sent: None }
    }

    /// What is needed next; nothing that was sent is waited for any more.
    pub fn needs(mut self, need: impl Into<Need>, stage: Stage) -> Progress {
        self.sent = None;
        Progress::Needs(need.into(), Collector(Box::new(State { session: self, stage })))
    }

    /// That a message be exchanged which proves who sends it.
    pub fn sends(
        mut self,
        request: HttpRequest,
        guard: Guard,
        stage: Stage,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        let need = Need::Exchange(self.proven(request, guard, turn)?);
        Ok(Progress::Needs(need, Collector(Box::new(State { session: self, stage }))))
    }

    /// The request with its proofs; remembered, for the case that it has to be said again.
    pub fn proven(
        &mut self,
        request: HttpRequest,
        guard: Guard,
        turn: &mut Turn<'_>,
    ) -> Result<HttpRequest, CollectError> {
        let sealed = self.seal(request.clone(), &guard, turn)?;
        self.sent = Some(Sent { request, guard, repeated: [false; 2] });
        Ok(sealed)
    }

    /// The challenge that a server gave when asked for one.
    pub fn challenged(&mut self, challenge: String) {
        self.server.challenge = Some(challenge);
    }

    /// The server of what follows, as its metadata has it.
    pub fn guard(&self, server: &Server, binds: bool) -> Guard {
        let audience = server.metadata.issuer.clone();
        Guard::Server { audience, attests: server.attests, binds: binds && server.binds }
    }

    /// Learns the next nonce from an answer of the issuer that proves nothing itself.
    pub fn learn_from_issuer(&mut self, response: &HttpResponse) {
        learn(&mut self.issuer, response);
    }

    /// Learns from an answer what the next proofs need. Where that is all that was wrong, the message once more: once for
    /// each of the two that can be demanded.
    pub fn repeat(
        &mut self,
        response: &HttpResponse,
        turn: &mut Turn<'_>,
    ) -> Result<Option<HttpRequest>, CollectError> {
        let Some(mut sent) = self.sent.take() else { return Ok(None) };
        let fresh = match sent.guard {
            Guard::Server { .. } => &mut self.server,
            Guard::Issuer(_) => &mut self.issuer,
        };
        let news = learn(fresh, response);
        let demanded = match asked_for(response) {
            Some(Code::UseDpopNonce) => 0,
            Some(Code::UseAttestationChallenge) => 1,
            _ => return Ok(None),
        };
        if !news[demanded] || std::mem::replace(&mut sent.repeated[demanded], true) {
            return Ok(None);
        }
        let sealed = self.seal(sent.request.clone(), &sent.guard, turn)?;
        self.sent = Some(sent);
        Ok(Some(sealed))
    }

    fn seal(&self, request: HttpRequest, guard: &Guard, turn: &mut Turn<'_>) -> Result<HttpRequest, CollectError> {
        let mut moment = |fresh| Moment { fresh, jti: turn.entropy.token(JTI_BYTES), now: turn.now };
        let instance = self.settings.instance.as_ref();
        Ok(match (guard, instance) {
            (Guard::Server { audience, attests, binds }, Some(instance)) => {
                let mut request = request;
                if *attests {
                    request = instance.attested(request, audience, &moment(&self.server))?;
                }
                if *binds {
                    request = instance.bound(request, None, &moment(&self.server))?;
                }
                request
            }
            (Guard::Server { .. }, None) => request,
            (Guard::Issuer(access), instance) => {
                let scheme = access.kind.as_str();
                let request = request.with("authorization", format!("{scheme} {}", access.token.expose()));
                match instance {
                    Some(instance) if access.kind == TokenType::Dpop => {
                        instance.bound(request, Some(&access.token), &moment(&self.issuer))?
                    }
                    _ => request,
                }
            }
        })
    }
}

/// Takes over nonce and challenge that stand in an answer; says which of the two did.
fn learn(fresh: &mut Fresh, response: &HttpResponse) -> [bool; 2] {
    let learnt = [("dpop-nonce", &mut fresh.nonce), ("oauth-client-attestation-challenge", &mut fresh.challenge)];
    learnt.map(|(name, known)| match response.header(name).filter(|value| is_sensible(value)) {
        Some(value) => {
            *known = Some(value.to_owned());
            true
        }
        None => false,
    })
}

/// What a resource says of the token in its challenge (RFC 6750 3, RFC 9449 7.1), where no body says it.
pub fn challenged(response: &HttpResponse) -> Option<Code> {
    let refused = |challenge: &str| challenge.to_ascii_lowercase().contains("error=\"invalid_token\"");
    let refused = response.status == 401 && response.header_values("www-authenticate").into_iter().any(refused);
    refused.then_some(Code::InvalidToken)
}

/// What a refusal asks for: in the body (RFC 6749 5.2) or in a challenge of the scheme DPoP (RFC 9449 9), whose name has
/// no case.
fn asked_for(response: &HttpResponse) -> Option<Code> {
    if response.is_success() {
        return None;
    }
    let mut challenges = response.header_values("www-authenticate").into_iter().map(str::to_ascii_lowercase);
    let wants_nonce = |challenge: String| {
        let scheme = challenge.trim_start().starts_with("dpop ") || challenge.contains(", dpop ");
        scheme && challenge.contains("use_dpop_nonce")
    };
    if response.status == 401 && challenges.any(wants_nonce) {
        return Some(Code::UseDpopNonce);
    }
    super::steps::refusal(response)
}

/// Printable letters without quote and backslash (RFC 9449 8.1), and not longer than any nonce has to be.
fn is_sensible(value: &str) -> bool {
    let letters = value.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    letters && (1..=MAX_FRESH).contains(&value.len())
}

const JTI_BYTES: usize = 16;
const MAX_FRESH: usize = 2048;
