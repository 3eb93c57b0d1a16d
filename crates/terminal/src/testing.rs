//! For tests: a PC/SC service of one's own with a virtual reader, and chips in software on it.
//!
//! The service is Debian's `pcscd` with the driver of `vsmartcard-vpcd`, in namespaces of its own. Of mounts: its socket lies
//! in a folder of the test, it looks for no other readers, and a service that runs already is not touched. Programs reach it
//! by the variable [`SOCKET`]. Of the network: the driver takes cards on every interface there is, and in there is none but
//! a loopback. (It can also be told to call out, and ends the service when nobody answers.)

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use mibun_chip::virtual_chip::VirtualChip;

use crate::virtual_chip::ATR;

/// The variable that tells libpcsclite where the service listens.
pub const SOCKET: &str = "PCSCLITE_CSOCK_NAME";

/// The reader that cards are put on; the driver makes two.
pub const READER: &str = "Virtual PCD 00 00";

/// Where cards come to that reader, on the loopback [`beside`] the service; the other reader has the next port.
pub const PORT: u16 = 35_963;

const SERVICE: &str = "/usr/sbin/pcscd";
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const LINE: &str = "/usr/bin/socat";

/// Longest wait for the service, in steps of [`STEP`].
const STEPS: u32 = 200;
const STEP: Duration = Duration::from_millis(50);

/// Longest wait until the reader looks at a card that is put on it: it looks about twice a second.
const LOOK: Duration = Duration::from_secs(10);

/// Control messages of the virtual reader: one byte where an APDU has at least four.
const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GET_ATR: u8 = 4;

/// A service of one's own.
pub struct Pcscd {
    child: Child,
    folder: PathBuf,
}

/// A chip on the virtual reader; dropping it takes it off.
pub struct OnReader {
    socket: UnixStream,
    line: Child,
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
        for name in ["readers", "socket", "drivers"] {
            std::fs::create_dir_all(folder.join(name)).expect("a folder");
        }
        let reader = format!(
            "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{PORT:#06X}\nLIBPATH {DRIVER}\nCHANNELID {PORT:#06X}\n"
        );
        std::fs::write(folder.join("readers/vpcd"), reader).expect("a file");
        let mut child = command(&folder).spawn().expect("unshare (package util-linux) starts");
        let socket = folder.join("socket/pcscd.comm");
        for _ in 0..STEPS {
            // It lets programs in after it has made its readers.
            if UnixStream::connect(&socket).is_ok() {
                return Self { child, folder };
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

    /// The number of its process, for [`OnReader::put`] and [`beside`].
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Puts a chip on the reader.
    ///
    /// # Panics
    /// When the reader takes none.
    pub fn put(&self, chip: VirtualChip) -> OnReader {
        OnReader::put(self.id(), chip)
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
    /// Puts a chip on the reader of the service that has this process.
    ///
    /// # Panics
    /// When the reader takes none.
    pub fn put(service: u32, mut chip: VirtualChip) -> Self {
        let (socket, end) = UnixStream::pair().expect("two sockets");
        let mut line = beside(service);
        line.arg(LINE).args(["-t0", "STDIO", &format!("TCP4:127.0.0.1:{PORT}")]);
        line.stdin(OwnedFd::from(end.try_clone().expect("a second handle"))).stdout(OwnedFd::from(end));
        let child = line.spawn().expect("nsenter (package util-linux) starts");
        // The command has handles of the other end: only without them does the end of the line show.
        drop(line);
        let mut line = socket.try_clone().expect("a second handle");
        line.set_read_timeout(Some(LOOK)).expect("a timeout");
        assert!(matches!(serve(&mut line, &mut chip), Ok(true)), "the virtual reader takes no card");
        line.set_read_timeout(None).expect("no timeout");
        let thread = std::thread::spawn(move || {
            // The end of the connection is the end of the card, whoever ends it.
            while matches!(serve(&mut line, &mut chip), Ok(true)) {}
            let _ = line.shutdown(Shutdown::Both);
        });
        Self { socket, line: child, thread: Some(thread) }
    }
}

impl Drop for OnReader {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.line.kill();
        let _ = self.line.wait();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The start of a command that runs in the network of the service that has this process; its program is the first argument,
/// and its process the command's own.
pub fn beside(service: u32) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["--target", &service.to_string(), "--user", "--net", "--preserve-credentials"]);
    command
}

/// One message of the reader: length in two bytes, high byte first, then as many bytes. Whether the card is still there.
fn serve(line: &mut UnixStream, chip: &mut VirtualChip) -> io::Result<bool> {
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
    let needed = [
        ("pcscd", SERVICE),
        ("vsmartcard-vpcd", DRIVER),
        ("util-linux", "/usr/bin/unshare"),
        ("iproute2", "/bin/ip"),
        ("socat", LINE),
    ];
    let missing: Vec<&str> =
        needed.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect();
    (!missing.is_empty()).then(|| missing.join(" "))
}

/// The service in namespaces where its folder for sockets is ours, as its place is built in, and the network a loopback.
fn command(folder: &Path) -> Command {
    let script = "ip link set lo up && mount -t tmpfs tmpfs /run && mkdir /run/pcscd && \
                  mount --bind \"$1/socket\" /run/pcscd && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "--map-root-user", "sh", "-c", script, "sh"]).arg(folder).arg(SERVICE);
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
