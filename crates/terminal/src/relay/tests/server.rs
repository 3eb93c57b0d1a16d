//! A server of one connection, which does as it is told.

use futures_util::{SinkExt, StreamExt};
use mibun_crypto::base64url;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::{Value, json};

pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for S {}

/// The server's end of a relay.
pub(crate) struct ServerLine {
    socket: WebSocketStream<Box<dyn Wire>>,
    /// What the relay asked for.
    pub(crate) path: String,
    begun: bool,
}

pub(crate) fn apdu(n: u32, bytes: &[u8]) -> Value {
    json!({ "type": "apdu", "n": n, "bytes": base64url::encode(bytes) })
}

pub(crate) fn refused(code: &str) -> Value {
    let message = json!({ "en": "en", "ja": "ja", "zh-Hans": "zh" });
    json!({ "type": "refused", "code": code, "message": message, "retry_allowed": true })
}

/// A listening socket and its port.
pub(crate) async fn listening() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

/// Lets `relay` call a server that takes the bytes of one connection.
pub(crate) async fn raw<T>(serve: impl AsyncFnOnce(TcpStream), relay: impl AsyncFnOnce(String) -> T) -> T {
    let (listener, port) = listening().await;
    let server = async {
        let (connection, _) = listener.accept().await.expect("a connection");
        serve(connection).await;
    };
    tokio::join!(server, relay(format!("http://127.0.0.1:{port}"))).1
}

/// Lets `relay` call a server that speaks WebSocket.
pub(crate) async fn served<T>(serve: impl AsyncFnOnce(&mut ServerLine), relay: impl AsyncFnOnce(String) -> T) -> T {
    let serve = async |connection: TcpStream| serve(&mut ServerLine::accept(Box::new(connection)).await).await;
    raw(serve, relay).await
}

impl ServerLine {
    pub(crate) async fn accept(wire: Box<dyn Wire>) -> Self {
        let mut path = String::new();
        #[expect(clippy::result_large_err, reason = "the library's own signature")]
        let asked = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            request.uri().path().clone_into(&mut path);
            Ok(response)
        };
        let socket = accept_hdr_async(wire, asked).await.expect("a WebSocket");
        Self { socket, path, begun: false }
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.socket.send(message).await.expect("sent");
    }

    /// A part of a message that does not end.
    pub(crate) async fn piece(&mut self, bytes: &[u8]) {
        let code = if self.begun { OpCode::Data(Data::Continue) } else { OpCode::Data(Data::Text) };
        self.begun = true;
        let piece = Frame::message(bytes.to_vec(), code, false);
        self.throw(Message::Frame(piece)).await;
    }

    /// Sends what the relay may cut off while it is on its way.
    pub(crate) async fn throw(&mut self, message: Message) {
        let _ = self.socket.send(message).await;
    }

    /// The next message of the relay.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(text.as_str()).expect("JSON"),
            other => panic!("no message but {other:?}"),
        }
    }

    /// The relay says goodbye, as it should whenever it can.
    pub(crate) async fn sees_the_end(&mut self) {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(_))) => return,
                Some(Ok(_)) => {}
                other => panic!("no goodbye but {other:?}"),
            }
        }
    }
}
