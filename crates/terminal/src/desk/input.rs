//! What is typed, line by line.

use std::io::{BufRead, Read};

use tokio::sync::mpsc::{Receiver, Sender, channel};
use zeroize::Zeroizing;

/// Longest line; a whole zone has 90 characters.
const LONGEST: u64 = 4_096;

/// Lines that somebody types, or that a program hands over. Each is wiped once it is read.
pub struct Input(Receiver<Zeroizing<String>>);

impl Input {
    /// Lines of `source`, read on a thread of its own, which ends with the source or with the program: a line that is being
    /// waited for cannot be called off.
    pub fn of(source: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel(1);
        std::thread::spawn(move || hand_over(source, &sender));
        Self(receiver)
    }

    /// The next line without its end; nothing when there is no more.
    pub(super) async fn line(&mut self) -> Option<Zeroizing<String>> {
        self.0.recv().await
    }
}

fn hand_over(source: impl Read, lines: &Sender<Zeroizing<String>>) {
    let mut source = std::io::BufReader::new(source);
    loop {
        let mut line = Zeroizing::new(Vec::new());
        match source.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        // What is not UTF-8 can be nothing that is asked for, and is asked for again.
        let text = Zeroizing::new(String::from_utf8_lossy(&line).trim().to_owned());
        if lines.blocking_send(text).is_err() {
            return;
        }
    }
}
