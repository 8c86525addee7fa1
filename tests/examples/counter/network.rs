//! The network between phone and publisher: it passes bytes on, and breaks where it is told to.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// How often a port looks for a phone, or for its own end.
const LOOK: Duration = Duration::from_millis(2);

/// One network.
pub struct Network {
    address: SocketAddr,
    line: Arc<Line>,
}

struct Line {
    publisher: SocketAddr,
    now: Mutex<Now>,
    changed: Condvar,
}

struct Now {
    /// What is to happen to the phone, after how many more bytes.
    fault: Option<(Fault, usize)>,
    is_lost: bool,
    is_open: bool,
    sent: usize,
    streams: Vec<TcpStream>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Cut,
    Hold,
}

impl Network {
    /// One that leads to a publisher.
    pub fn to(publisher: SocketAddr) -> Network {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = port.local_addr().expect("an address");
        let now = Now { fault: None, is_lost: false, is_open: true, sent: 0, streams: Vec::new() };
        let line = Arc::new(Line { publisher, now: Mutex::new(now), changed: Condvar::new() });
        let shared = line.clone();
        std::thread::spawn(move || shared.listen(port, address));
        Network { address, line }
    }

    /// As a ticket says it.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The connection breaks after so many more bytes to the phone, once.
    pub fn cut(&self, bytes: usize) -> String {
        self.change(|now| now.fault = Some((Fault::Cut, bytes)))
    }

    /// After so many more bytes nothing comes any more.
    pub fn hold(&self, bytes: usize) -> String {
        self.change(|now| now.fault = Some((Fault::Hold, bytes)))
    }

    /// It comes again.
    pub fn go(&self) -> String {
        self.change(|now| now.fault = None)
    }

    /// Nobody is there any more. Returns when that is so.
    pub fn lose(&self) -> String {
        let said = self.change(|now| {
            now.is_lost = true;
            now.streams.drain(..).for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
        });
        self.wait(|now| !now.is_open);
        said
    }

    /// Everybody is there again.
    pub fn come_back(&self) -> String {
        let said = self.change(|now| (now.is_lost, now.fault) = (false, None));
        self.wait(|now| now.is_open);
        said
    }

    /// Bytes that went to the phone since the last call.
    pub fn sent(&self) -> usize {
        std::mem::take(&mut self.line.now().sent)
    }

    fn change(&self, change: impl FnOnce(&mut Now)) -> String {
        change(&mut self.line.now());
        self.line.changed.notify_all();
        "ok".into()
    }

    fn wait(&self, is_so: impl Fn(&Now) -> bool) {
        drop(self.line.changed.wait_while(self.line.now(), |now| !is_so(now)).expect("a network"));
    }
}

impl Line {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().expect("a network")
    }

    /// Takes connections, on the same port each time that it is there again.
    fn listen(self: &Arc<Self>, first: TcpListener, address: SocketAddr) {
        let mut port = Some(first);
        loop {
            let is_lost = self.now().is_lost;
            if is_lost {
                port = None;
            } else if port.is_none() {
                port = Some(TcpListener::bind(address).expect("the same port"));
            }
            self.now().is_open = port.is_some();
            self.changed.notify_all();
            match port.as_ref().inspect(|port| port.set_nonblocking(true).expect("a port")).map(TcpListener::accept) {
                Some(Ok((phone, _))) => self.connect(phone),
                _ => std::thread::sleep(LOOK),
            }
        }
    }

    fn connect(self: &Arc<Self>, phone: TcpStream) {
        let Ok(publisher) = TcpStream::connect(self.publisher) else { return };
        phone.set_nonblocking(false).expect("a stream");
        let copy = |stream: &TcpStream| stream.try_clone().expect("a stream");
        let mut now = self.now();
        now.streams.extend([copy(&phone), copy(&publisher)]);
        drop(now);
        let (mut from, mut to) = (copy(&phone), copy(&publisher));
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let line = self.clone();
        std::thread::spawn(move || {
            line.pass_on(&publisher, &phone);
            let _ = (phone.shutdown(Shutdown::Both), publisher.shutdown(Shutdown::Both));
        });
    }

    /// Passes on what comes for the phone, as far as nothing happens to it.
    fn pass_on(&self, mut publisher: &TcpStream, mut phone: &TcpStream) {
        let mut piece = vec![0; 16 << 10];
        while let Ok(came @ 1..) = publisher.read(&mut piece) {
            let mut rest = &piece[..came];
            while !rest.is_empty() {
                let (now, next) = rest.split_at(self.let_through(rest.len()));
                if now.is_empty() || phone.write_all(now).is_err() {
                    return;
                }
                self.now().sent += now.len();
                rest = next;
            }
        }
    }

    /// How many of these bytes may go; none where the connection breaks here. Waits while nothing may.
    fn let_through(&self, wanted: usize) -> usize {
        let mut now = self.now();
        loop {
            match &mut now.fault {
                Some((Fault::Hold, 0)) => now = self.changed.wait(now).expect("a network"),
                Some((Fault::Cut, 0)) => {
                    now.fault = None;
                    return 0;
                }
                Some((_, left)) => {
                    let passed = wanted.min(*left);
                    *left -= passed;
                    return passed;
                }
                None => return wanted,
            }
        }
    }
}
