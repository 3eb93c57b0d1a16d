//! One relay, from the connection to the server's last word.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mibun_crypto::base64url;
use rustls::pki_types::ServerName;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::address::{Server, Way};
use crate::outcome::{Outcome, Progress};
use crate::password::ChipPassword;
use crate::reader::{Reader, ReaderError};
use crate::wire::{self, FromServer, MESSAGE};

/// Shortest and longest command: a header alone, and an extended one with all its parts (ISO/IEC 7816-4 section 5.2).
const COMMAND: std::ops::RangeInclusive<usize> = 4..=4 + 3 + 65_535 + 2;

/// Time for the last courtesies.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long things may take. The server has limits of its own, below these, and says so when they are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands.
    pub connecting: Duration,
    /// Until the reader has the chip's answer to one command.
    pub chip: Duration,
    /// Until the server says something.
    pub server: Duration,
    /// The whole relay.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connecting: Duration::from_secs(10),
            chip: Duration::from_secs(9),
            server: Duration::from_secs(45),
            whole: Duration::from_secs(240),
        }
    }
}

/// Why there is no last word of the server.
#[derive(Debug, Error)]
pub enum RelayError {
    /// No connection.
    #[error("the server cannot be reached: {0}")]
    Unreachable(#[source] io::Error),
    /// No connection in time.
    #[error("the server does not answer")]
    NoAnswer,
    /// The server's certificate is not believed.
    #[error("the server's certificate is not believed: {0}")]
    Certificate(#[source] rustls::Error),
    /// Plain HTTP, and the name leads off this machine.
    #[error("the name leads to another machine, and http:// is for this one alone")]
    NotThisMachine,
    /// The server answers, and opens no relay.
    #[error("the server opens no relay (HTTP {0})")]
    NotOpened(u16),
    /// The connection ended before the last word.
    #[error("the connection was lost")]
    Lost,
    /// The server said nothing for too long, or goes on for ever.
    #[error("the server does not come to an end")]
    TooSlow,
    /// The server does not keep to the protocol.
    #[error("the server does not keep to the protocol: {0}")]
    Fault(#[from] Fault),
}

/// How a server fails to keep to the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// It speaks no WebSocket.
    #[error("no WebSocket")]
    NoWebSocket,
    /// A message longer than 64 KiB.
    #[error("a message that is too long")]
    TooLong,
    /// A message that is none of the relay's.
    #[error("a message of another form")]
    Message,
    /// Commands are counted from 1.
    #[error("command {found} where {expected} is next")]
    OutOfOrder {
        /// The number that is next.
        expected: u32,
        /// The number that came.
        found: u32,
    },
    /// Bytes that are no base64url, or no command.
    #[error("bytes that are no command")]
    Command,
}

/// Relays the document on `reader` to the server until that has the last word.
///
/// What the server says goes to `progress` on the way. When the reader fails, the server is told that the chip does not
/// answer, and its last word carries the reader's error beside the server's. Dropping the future ends the relay. Needs a
/// runtime with time and network; the reader works on a thread of its own.
///
/// # Errors
/// [`RelayError`] when there is no last word.
pub async fn relay<R: Reader>(
    server: &Server,
    way: &Way,
    password: &ChipPassword,
    reader: R,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Outcome, RelayError> {
    let limits = server.limits;
    let mut line = timeout(limits.connecting, connect(server, way)).await.map_err(|_| RelayError::NoAnswer)??;
    let first = wire::first(way.token(), password, reader.carries())?;
    let mut chip = Chip { reader: Some(reader), error: None, patience: limits.chip };
    let reading = async {
        send(&mut line, first).await?;
        carry(&mut line, &mut chip, limits.server, progress).await
    };
    let outcome = timeout(limits.whole, reading).await.unwrap_or(Err(RelayError::TooSlow));
    let _ = timeout(GOODBYE, line.close(None)).await;
    chip.put_down().await;
    let mut outcome = outcome?;
    if let Outcome::Refused(refusal) = &mut outcome {
        refusal.reader = chip.error;
    }
    Ok(outcome)
}

/// A connection, plain or under TLS.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for S {}

type Line = WebSocketStream<Box<dyn Wire>>;

async fn connect(server: &Server, way: &Way) -> Result<Line, RelayError> {
    let (host, port) = server.place();
    let socket = TcpStream::connect((host.as_str(), port)).await.map_err(RelayError::Unreachable)?;
    // Commands are small and each waits for the one before.
    socket.set_nodelay(true).map_err(RelayError::Unreachable)?;
    let wire: Box<dyn Wire> = match &server.tls {
        Some(config) => {
            let name = ServerName::try_from(host).map_err(|_| RelayError::NoAnswer)?;
            Box::new(TlsConnector::from(config.clone()).connect(name, socket).await.map_err(tls_error)?)
        }
        None if socket.peer_addr().is_ok_and(|address| address.ip().is_loopback()) => Box::new(socket),
        None => return Err(RelayError::NotThisMachine),
    };
    let bounded = WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
    let (line, _) =
        client_async_with_config(server.socket(way).as_str(), wire, Some(bounded)).await.map_err(opening)?;
    Ok(line)
}

/// Command by command, until the last word.
async fn carry<R: Reader>(
    line: &mut Line,
    chip: &mut Chip<R>,
    patience: Duration,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Outcome, RelayError> {
    let mut expected = 1;
    loop {
        let message = timeout(patience, receive(line)).await.map_err(|_| RelayError::TooSlow)??;
        match wire::parse(&message)? {
            FromServer::Apdu { n, bytes } => {
                if n != expected {
                    return Err(Fault::OutOfOrder { expected, found: n }.into());
                }
                expected += 1;
                let command = base64url::decode(&bytes).map_err(|_| Fault::Command)?;
                if !COMMAND.contains(&command.len()) {
                    return Err(Fault::Command.into());
                }
                send(line, wire::response(n, &chip.answer(command).await)?).await?;
            }
            FromServer::Progress(now) => progress(now),
            FromServer::Done { document } => return Ok(Outcome::Done { document }),
            FromServer::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
        }
    }
}

/// The reader, as long as it works.
struct Chip<R> {
    reader: Option<R>,
    error: Option<ReaderError>,
    patience: Duration,
}

impl<R: Reader> Chip<R> {
    /// The answer to a command; empty when there is none, now and ever after.
    async fn answer(&mut self, command: Vec<u8>) -> Vec<u8> {
        let Some(mut reader) = self.reader.take() else { return Vec::new() };
        let work = tokio::task::spawn_blocking(move || {
            let answer = reader.transmit(&command);
            (reader, answer)
        });
        match timeout(self.patience, work).await {
            Ok(Ok((reader, Ok(answer)))) if answer.len() <= MESSAGE / 2 => {
                self.reader = Some(reader);
                answer
            }
            Ok(Ok((_, Ok(_)))) => self.failed(ReaderError::TooLong),
            Ok(Ok((_, Err(error)))) => self.failed(error),
            // A reader that does not come back, or that fell over, keeps its thread.
            Ok(Err(_)) | Err(_) => self.failed(ReaderError::CardMute),
        }
    }

    fn failed(&mut self, error: ReaderError) -> Vec<u8> {
        self.error = Some(error);
        Vec::new()
    }

    /// Ends the connection to the chip, which may block.
    async fn put_down(&mut self) {
        if let Some(reader) = self.reader.take() {
            let _ = tokio::task::spawn_blocking(move || drop(reader)).await;
        }
    }
}

async fn send(line: &mut Line, text: String) -> Result<(), RelayError> {
    line.send(Message::text(text)).await.map_err(lost)
}

/// The next message; those that only keep the connection alive are passed over.
async fn receive(line: &mut Line) -> Result<String, RelayError> {
    loop {
        match line.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => return Err(Fault::Message.into()),
            Some(Ok(Message::Close(_))) | None => return Err(RelayError::Lost),
            Some(Err(error)) => return Err(lost(error)),
        }
    }
}

fn lost(error: tungstenite::Error) -> RelayError {
    match error {
        tungstenite::Error::Capacity(CapacityError::MessageTooLong { .. }) => Fault::TooLong.into(),
        tungstenite::Error::Utf8(_) => Fault::Message.into(),
        // A connection that is cut is reported as a breach of the protocol.
        tungstenite::Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => {
            RelayError::Lost
        }
        tungstenite::Error::Protocol(_) => Fault::NoWebSocket.into(),
        _ => RelayError::Lost,
    }
}

fn opening(error: tungstenite::Error) -> RelayError {
    match error {
        tungstenite::Error::Http(response) => RelayError::NotOpened(response.status().as_u16()),
        tungstenite::Error::Io(error) => RelayError::Unreachable(error),
        _ => Fault::NoWebSocket.into(),
    }
}

/// The library hands its own errors over inside those of the system.
fn tls_error(error: io::Error) -> RelayError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(refused) => RelayError::Certificate(refused.clone()),
        None => RelayError::Unreachable(error),
    }
}

#[cfg(test)]
pub(crate) mod tests;
