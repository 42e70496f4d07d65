//! Messages over the network: lines over TCP, packets over UDP. It listens only where it is told to, takes a few senders
//! at once and holds little of what they send.

use super::lines::Lines;
use super::listen::flood::Flood;
use super::listen::{Arrived, NotThere, PATIENCE, PRIORITY, Port, What};
use crate::ground::clock::monotonic_now;
use crate::ground::priority;
use crate::ground::time::Nanos;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many senders at once; for one more, the one that was silent longest is let go.
const MOST_SENDERS: usize = 4;
/// So many messages wait to be taken; more are dropped and counted.
const MOST_WAITING: usize = 1024;
/// The longest packet that is looked at, in bytes.
const LONGEST_PACKET: usize = 256;

/// Listens for senders over TCP.
///
/// # Errors
/// The port is taken, or may not be used.
pub fn tcp(at: SocketAddr, expected: Option<String>) -> Result<Box<dyn Port>, NotThere> {
    let listener = TcpListener::bind(at).map_err(|e| not_there("tcp", at, &e))?;
    listener.set_nonblocking(true).map_err(|e| not_there("tcp", at, &e))?;
    let (sender, messages) = bounded(MOST_WAITING);
    let shared = Shared {
        expected,
        sender,
        senders: Arc::default(),
        dropped: Arc::default(),
        stop: Arc::default(),
    };
    let (dropped, stop) = (shared.dropped.clone(), shared.stop.clone());
    let accept = move || shared.accept(&listener);
    std::thread::Builder::new()
        .name("tcp".into())
        .spawn(accept)
        .map_err(|e| not_there("tcp", at, &e))?;
    Ok(Box::new(Tcp { messages, dropped, stop }))
}

struct Tcp {
    messages: Receiver<Arrived>,
    dropped: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Port for Tcp {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        match self.messages.recv_timeout(PATIENCE) {
            Ok(arrived) => Ok(Some(arrived)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(io::Error::other("nobody takes connections any more"))
            }
        }
    }

    fn dropped(&mut self) -> u64 {
        self.dropped.swap(0, Ordering::AcqRel)
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// What the threads of one port share.
#[derive(Clone)]
struct Shared {
    expected: Option<String>,
    sender: Sender<Arrived>,
    senders: Arc<Mutex<Vec<Connected>>>,
    dropped: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

/// A sender that is connected.
struct Connected {
    number: u64,
    stream: TcpStream,
    /// When it last sent something.
    heard: Nanos,
}

impl Shared {
    /// Takes connections until nobody listens. Looking 50 times a second is enough: a scanner connects long before its
    /// first pulse.
    fn accept(&self, listener: &TcpListener) {
        let mut number = 0;
        while !self.stop.load(Ordering::Acquire) {
            let Ok((stream, from)) = listener.accept() else {
                std::thread::sleep(Duration::from_millis(20));
                continue;
            };
            let Ok(own) = stream.try_clone() else { continue };
            number += 1;
            self.make_room();
            let heard = monotonic_now();
            self.senders().push(Connected { number, stream: own, heard });
            self.say(format!("a sender has connected from {from}"));
            let (each, id) = (self.clone(), number);
            let read = move || {
                each.read(stream, id);
                each.senders().retain(|c| c.number != id);
                each.say(format!(
                    "the sender from {from} has gone; it is taken when it connects again"
                ));
            };
            if std::thread::Builder::new().name("tcp".into()).spawn(read).is_err() {
                self.senders().retain(|c| c.number != id);
            }
        }
        // Their threads end with their streams.
        for gone in self.senders().drain(..) {
            let _ = gone.stream.shutdown(Shutdown::Both);
        }
    }

    fn senders(&self) -> MutexGuard<'_, Vec<Connected>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sender that was silent longest makes room for a new one: a scanner whose cable was pulled connects anew, and its
    /// old connections never end.
    fn make_room(&self) {
        let mut all = self.senders();
        while all.len() >= MOST_SENDERS {
            let Some(at) = (0..all.len()).min_by_key(|i| all[*i].heard) else { return };
            let gone = all.remove(at);
            // One that has gone already needs no end.
            let _ = gone.stream.shutdown(Shutdown::Both);
        }
    }

    fn say(&self, text: String) {
        // Where so much waits that this cannot, the flood is said instead.
        let _ = self.sender.try_send(Arrived { stamp: monotonic_now(), what: What::Said(text) });
    }

    /// Reads what one sender sends until it goes. One that stops in the middle of a line is forgotten with it.
    fn read(&self, mut stream: TcpStream, number: u64) {
        // Said once, of the thread that takes the messages.
        let _ = priority::raise("tcp", PRIORITY);
        let ready = stream.set_nonblocking(false).and(stream.set_read_timeout(Some(PATIENCE)));
        let mut lines = Lines::new(self.expected.clone());
        let mut flood = Flood::default();
        let mut buffer = [0; 1024];
        while ready.is_ok() && !self.stop.load(Ordering::Acquire) {
            let read = stream.read(&mut buffer);
            let stamp = monotonic_now();
            let n = match read {
                Ok(0) => return,
                Ok(n) => n,
                Err(e) if is_patience(&e) => continue,
                Err(_) => return,
            };
            if let Some(own) = self.senders().iter_mut().find(|c| c.number == number) {
                own.heard = stamp;
            }
            for text in lines.feed(&buffer[..n]) {
                if !flood.lets_through(stamp) {
                    // No scanner does so, and what it sends could be taken for pulses without end.
                    self.say(
                        "a sender that sent hundreds of messages in a second was let go".into(),
                    );
                    let _ = stream.shutdown(Shutdown::Both);
                    return;
                }
                if self.sender.try_send(Arrived { stamp, what: What::Text(text) }).is_err() {
                    self.dropped.fetch_add(1, Ordering::AcqRel);
                }
            }
            if lines.is_too_long() {
                // A thread before all others must not be kept busy by whoever sends without end.
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// Listens for packets over UDP.
///
/// # Errors
/// The port is taken, or may not be used.
pub fn udp(at: SocketAddr) -> Result<Box<dyn Port>, NotThere> {
    let open = || {
        let socket = UdpSocket::bind(at)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(socket)
    };
    let socket = open().map_err(|e| not_there("udp", at, &e))?;
    Ok(Box::new(Udp { socket }))
}

struct Udp {
    socket: UdpSocket,
}

impl Port for Udp {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        let mut buffer = [0; LONGEST_PACKET];
        let read = self.socket.recv(&mut buffer);
        let stamp = monotonic_now();
        match read {
            Ok(n) => Ok(Some(Arrived { stamp, what: What::Text(message(&buffer[..n])) })),
            Err(e) if is_patience(&e) => Ok(None),
            // Windows: the packet was longer than what is looked at, or an answer of ours found nobody.
            Err(e) if matches!(e.raw_os_error(), Some(10_040 | 10_054)) => Ok(None),
            Err(e) => Err(e),
        }
    }
}

/// The text of a packet: without spaces and zeros at its ends, whatever is no UTF-8 replaced.
pub fn message(packet: &[u8]) -> String {
    let text = String::from_utf8_lossy(packet.trim_ascii());
    text.trim_matches('\0').trim().to_string()
}

fn is_patience(e: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(e.kind(), TimedOut | WouldBlock | Interrupted)
}

fn not_there(kind: &str, at: SocketAddr, e: &io::Error) -> NotThere {
    let remedy = match e.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there: end it, or choose another port here and in the sender"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this computer does not have that address: write 0.0.0.0 for all that it has"
        }
        io::ErrorKind::PermissionDenied => "choose a port from 1024 on",
        _ => "choose another port here and in the sender",
    };
    NotThere { text: format!("{kind}:{at} cannot be listened to: {e}"), remedy: remedy.into() }
}

#[cfg(test)]
mod tests;
