//! For tests: a PC/SC service of one's own with a virtual reader, and chips in software on it.
//!
//! The service is Debian's `pcscd` with the driver of `vsmartcard-vpcd`, in a mount namespace of its own: its socket lies in a
//! folder of the test, it looks for no other readers, and a service that runs already is not touched. Programs reach it by
//! the variable [`SOCKET`].

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use mibun_chip::virtual_chip::VirtualChip;

use crate::virtual_chip::ATR;

/// The variable that tells libpcsclite where the service listens.
pub const SOCKET: &str = "PCSCLITE_CSOCK_NAME";

/// The reader that cards are put on; the driver makes two.
pub const READER: &str = "Virtual PCD 00 00";

const SERVICE: &str = "/usr/sbin/pcscd";
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// Longest wait for the service, in steps of [`STEP`].
const STEPS: u32 = 200;
const STEP: Duration = Duration::from_millis(50);

/// Control messages of the virtual reader: one byte where an APDU has at least four.
const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GET_ATR: u8 = 4;

/// A service of one's own.
pub struct Pcscd {
    child: Child,
    folder: PathBuf,
    port: u16,
}

/// A chip on the virtual reader; dropping it takes it off.
pub struct OnReader {
    socket: TcpStream,
    thread: Option<JoinHandle<()>>,
}

impl Pcscd {
    /// Starts a service with an empty virtual reader.
    ///
    /// # Panics
    /// With a line that names what is missing.
    pub fn start() -> Self {
        if let Some(missing) = missing() {
            panic!("these packages are missing: `apt-get install {missing}`");
        }
        let folder = folder();
        let port = two_free_ports();
        let configuration = folder.join("readers");
        for name in ["readers", "socket", "drivers"] {
            std::fs::create_dir_all(folder.join(name)).expect("a folder");
        }
        let reader = format!(
            "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port:#06X}\nLIBPATH {DRIVER}\nCHANNELID {port:#06X}\n"
        );
        std::fs::write(configuration.join("vpcd"), reader).expect("a file");
        let mut child = command(&folder).spawn().expect("unshare (package util-linux) starts");
        let socket = folder.join("socket/pcscd.comm");
        for _ in 0..STEPS {
            if socket.exists() && TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Self { child, folder, port };
            }
            if let Some(status) = child.try_wait().expect("the child is ours") {
                panic!("pcscd ended ({status}): {}", said(&folder));
            }
            sleep(STEP);
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("pcscd does not listen: {}", said(&folder));
    }

    /// Where it listens, for [`SOCKET`].
    pub fn socket(&self) -> PathBuf {
        self.folder.join("socket/pcscd.comm")
    }

    /// Where cards come to the virtual reader.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Puts a chip on the reader.
    ///
    /// # Panics
    /// When the reader takes none.
    pub fn put(&self, chip: VirtualChip) -> OnReader {
        OnReader::put(self.port, chip)
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl OnReader {
    /// Puts a chip on the reader that listens there.
    ///
    /// # Panics
    /// When the reader takes none.
    pub fn put(port: u16, mut chip: VirtualChip) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).expect("the virtual reader takes a card");
        let mut line = socket.try_clone().expect("a second handle");
        let thread = std::thread::spawn(move || {
            // The end of the connection is the end of the card, whoever ends it.
            while matches!(serve(&mut line, &mut chip), Ok(true)) {}
            let _ = line.shutdown(Shutdown::Both);
        });
        Self { socket, thread: Some(thread) }
    }
}

impl Drop for OnReader {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One message of the reader: length in two bytes, high byte first, then as many bytes. Whether the card is still there.
fn serve(line: &mut TcpStream, chip: &mut VirtualChip) -> io::Result<bool> {
    let mut length = [0; 2];
    line.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    line.read_exact(&mut message)?;
    let answer = match message.as_slice() {
        [] | [POWER_OFF | POWER_ON | RESET] => return Ok(true),
        [GET_ATR] => ATR.to_vec(),
        command => chip.transmit(command),
    };
    let Ok(length) = u16::try_from(answer.len()) else { return Ok(false) };
    if length == 0 {
        return Ok(false);
    }
    line.write_all(&[&length.to_be_bytes()[..], &answer].concat())?;
    Ok(true)
}

/// Packages that are missing on Debian and its kin.
fn missing() -> Option<String> {
    let needed = [("pcscd", SERVICE), ("vsmartcard-vpcd", DRIVER), ("util-linux", "/usr/bin/unshare")];
    let missing: Vec<&str> =
        needed.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect();
    (!missing.is_empty()).then(|| missing.join(" "))
}

/// The service in a namespace where its folder for sockets is ours: its place is built in.
fn command(folder: &Path) -> Command {
    let script = "mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind \"$1/socket\" /run/pcscd && shift && \
                  exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", script, "sh"]).arg(folder).arg(SERVICE);
    command.arg("--foreground").arg("--config").arg(folder.join("readers"));
    let help = Command::new(SERVICE).arg("--help").output();
    if help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--disable-polkit")) {
        command.arg("--disable-polkit");
    }
    let log = std::fs::File::create(folder.join("log")).expect("a file");
    command.env("PCSCLITE_HP_DROPDIR", folder.join("drivers"));
    command.stdin(Stdio::null()).stderr(log.try_clone().expect("a second handle")).stdout(log);
    command
}

fn said(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

fn folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("mibun-pcscd-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The driver listens on two ports in a row, one for each of its readers. Below those that the system gives to outgoing
/// connections, so that none of them can come in between.
fn two_free_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 7_000 + (std::process::id() % 1_000) as u16 * 4;
    loop {
        let port = first + NEXT.fetch_add(2, Ordering::Relaxed) % 400;
        let free = |port: u16| TcpListener::bind(("0.0.0.0", port)).is_ok();
        if free(port) && free(port + 1) {
            return port;
        }
    }
}
