//! Showing a card to a page that asks through the browser's Digital Credentials API: the platform hands the call over with
//! the page's origin and carries the answer back, so nothing is fetched and nothing posted.

use mibun_presenting::dc_api::{BrowserRequest, Call, answer, read, refuse};
use mibun_presenting::response::ErrorCode;
use mibun_trust::Language;
use serde_json::Value;

use super::present::{Answer, Asking, reason};
use super::{Choice, Wallet};
use crate::failure::Failure;
use crate::store::Event;

/// A verified call with the answer that would be given.
#[derive(Debug)]
pub struct PreparedCall {
    request: BrowserRequest,
    answers: Vec<Answer>,
}

impl PreparedCall {
    /// Who asks: by its certificate where it signed, else the page.
    pub fn organisation(&self) -> &str {
        let signer = self.request.signer.as_ref();
        signer.map_or(self.request.origin.as_str(), |signer| &signer.organisation)
    }

    /// Which fields would be revealed, by their paths.
    pub fn fields(&self) -> Vec<String> {
        Answer::fields(&self.answers)
    }

    /// The verified request.
    pub fn request(&self) -> &BrowserRequest {
        &self.request
    }
}

impl Wallet {
    /// Verifies a call and chooses what would be shown.
    pub fn prepare_call(&mut self, call: &Call<'_>, choice: Choice) -> Result<PreparedCall, Failure> {
        let read = read(call, &self.accepting(), self.now());
        let request = match read {
            Ok(request) => request,
            Err(error) => {
                self.record(Event::Declined { organisation: None, reason: error.code().to_owned() })?;
                return Err(error.into());
            }
        };
        match self.choose(&request.query, choice) {
            Ok(answers) => Ok(PreparedCall { request, answers }),
            Err(failure) => {
                let prepared = PreparedCall { request, answers: Vec::new() };
                self.note_refusal(&prepared, reason(&failure))?;
                Err(failure)
            }
        }
    }

    /// Shows what was prepared: the data for the page. Each card shown uses up one copy. Whether the page takes the answer
    /// is not learned.
    pub async fn answer_call(&mut self, prepared: PreparedCall) -> Result<Value, Failure> {
        let (organisation, fields) = (prepared.organisation().to_owned(), prepared.fields());
        let PreparedCall { request, answers } = prepared;
        let asking = Asking {
            audience: &request.audience(),
            nonce: &request.nonce,
            response_uri: None,
            handover: &request.handover,
        };
        let token = self.token(asking, &answers).await?;
        let data = answer(&request, &token, &mut *self.entropy)?;
        let purpose = request.notice.as_ref().map(|notice| notice.purpose.of(Language::English).to_owned());
        self.record(Event::Presented { organisation, purpose, fields, taken: true })?;
        Ok(data)
    }

    /// The holder does not want to: the data for the page.
    pub fn decline_call(&mut self, prepared: &PreparedCall) -> Result<Value, Failure> {
        self.note_refusal(prepared, ErrorCode::AccessDenied.wire())?;
        Ok(refuse(ErrorCode::AccessDenied))
    }

    fn note_refusal(&mut self, prepared: &PreparedCall, reason: &str) -> Result<(), Failure> {
        let organisation = Some(prepared.organisation().to_owned());
        self.record(Event::Declined { organisation, reason: reason.to_owned() })
    }
}
