//! One relay, from its first message to the last word.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, close_code};
use mibun_crypto::base64url;
use mibun_proofing::chip::ChipReason;
use tokio::time::timeout;

use super::wire::{self, Answer, First, Message};
use crate::app::App;
use crate::work::chips::{Begun, Refusal, Way, begin};

/// Bytes of a file between two messages of progress.
const PROGRESS_STEP: usize = 2_048;

/// Who relays.
pub(super) enum Caller {
    /// The holder's own device.
    Holder {
        /// The journey in the address.
        journey: String,
        /// Where it calls from.
        source: IpAddr,
    },
    /// A terminal.
    Terminal {
        /// The code in the address.
        code: String,
        /// Where it calls from.
        source: IpAddr,
    },
}

/// Reads one chip and says how it ended. A relay that goes away ends the reading and nothing else.
pub(super) async fn serve(app: &App, mut socket: WebSocket, caller: Caller) {
    let last: Message = match read(app, &mut socket, caller).await {
        Ok(seen) => seen,
        Err(refusal) => refusal.into(),
    };
    let patience = response_time(app);
    let _ = timeout(patience, send(&mut socket, &last)).await;
    let closing = Frame::Close(Some(CloseFrame { code: close_code::NORMAL, reason: "".into() }));
    let _ = timeout(patience, socket.send(closing)).await;
}

async fn read(app: &App, socket: &mut WebSocket, caller: Caller) -> Result<Message, Refusal> {
    let first = within(app, receive(socket)).await?;
    let first: First = wire::parse(&first)?;
    let (password, relay) = (first.password()?, first.relay());
    let (way, source) = match (&caller, &first.token) {
        (Caller::Holder { journey, source }, Some(token)) => (Way::Holder { journey, token }, *source),
        (Caller::Terminal { code, source }, None) => (Way::Terminal { code }, *source),
        _ => return Err(ChipReason::BadMessage.into()),
    };
    let mut begun = begin(app, way, source, password, relay).await?;
    // Taken by whoever has shown a token or a code: silent connections are limited like all others, and take none.
    let _place = app.chips.place().map_err(Refusal::from)?;
    let most = Duration::from_secs(app.config.chip.reading_seconds);
    let outcome = timeout(most, drive(app, socket, &mut begun)).await.unwrap_or(Err(ChipReason::TooSlow.into()));
    // From here on the relay is not needed, and what is decided is stored whether or not it is still there.
    Ok(begun.end(app, outcome).await?.into())
}

/// Command by command, until the reading is over.
async fn drive(app: &App, socket: &mut WebSocket, begun: &mut Begun) -> Result<(), Refusal> {
    let mut shown = None;
    let mut n = 0;
    loop {
        let progress = begun.progress();
        let now = (wire::stage(progress.stage), progress.bytes_done / PROGRESS_STEP);
        if shown != Some(now) {
            shown = Some(now);
            let (done, total) = (progress.bytes_done, progress.bytes_total);
            send(socket, &Message::Progress { stage: now.0, done, total }).await?;
        }
        let Some(command) = begun.command()? else { return Ok(()) };
        n += 1;
        send(socket, &Message::Apdu { n, bytes: base64url::encode(command) }).await?;
        let answer = within(app, receive(socket)).await?;
        let answer: Answer = wire::parse(&answer)?;
        begun.receive(app, &answer.to(n)?)?;
    }
}

/// An answer that does not come in time is a chip that does not answer: the relay itself is still there.
async fn within<T>(app: &App, answer: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    timeout(response_time(app), answer).await.unwrap_or(Err(ChipReason::ChipUnreachable.into()))
}

fn response_time(app: &App) -> Duration {
    Duration::from_secs(app.config.chip.response_seconds)
}

async fn send(socket: &mut WebSocket, message: &Message) -> Result<(), Refusal> {
    let text = serde_json::to_string(message).map_err(|_| ChipReason::Internal)?;
    socket.send(Frame::Text(text.into())).await.map_err(|_| ChipReason::RelayLost.into())
}

/// The next message; those that only keep the connection alive are passed over.
async fn receive(socket: &mut WebSocket) -> Result<String, Refusal> {
    loop {
        match socket.recv().await {
            Some(Ok(Frame::Text(text))) => return Ok(text.as_str().to_owned()),
            Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
            Some(Ok(Frame::Binary(_))) => return Err(ChipReason::BadMessage.into()),
            Some(Ok(Frame::Close(_)) | Err(_)) | None => return Err(ChipReason::RelayLost.into()),
        }
    }
}
