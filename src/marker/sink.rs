//! The devices that marks go to, behind one small trait: a byte for those that have lines, a line of text for the others.
//! Opening one may take a while; writing never waits for more than a fifth of a second.

use crate::ground::ports::EventMark;
use crate::rig::schema::{MarkerSetup, MarkerTo};
use crate::wire::farewell::Farewell;
use crate::wire::lsl::{Library, Outlet};
use crate::wire::parport::Parport;
use crate::wire::serial::Serial;
use std::fmt::Display;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::path::Path;
use std::time::Duration;

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(1);
/// The type of an LSL stream of markers, by its specification.
const LSL_KIND: &str = "Markers";

/// A device that cannot be opened, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("marker device {to}: {what}")]
pub struct NoDevice {
    pub to: String,
    pub what: String,
    pub remedy: String,
}

/// A device that is open. After an error it is not used any more.
pub trait Sink: Send {
    /// Writes a mark.
    fn mark(&mut self, mark: &EventMark) -> io::Result<()>;
    /// Writes the rest level, where there is one.
    fn rest(&mut self) -> io::Result<()> {
        Ok(())
    }
    /// Whether it is still there, as far as that can be seen; lets go of what it says.
    fn check(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens the device of a setup.
///
/// # Errors
/// [`NoDevice`], with what helps.
pub fn open(setup: &MarkerSetup) -> Result<Box<dyn Sink>, NoDevice> {
    let no = |what: String, remedy: String| NoDevice { to: setup.to.to_string(), what, remedy };
    let rest = setup.rest;
    Ok(match &setup.to {
        MarkerTo::Serial { port, baud } => {
            let port = Serial::open(Path::new(port), *baud, Duration::ZERO);
            let port = port.map_err(|e| no(e.what, e.remedy))?;
            Box::new(SerialByte { _last: port.farewell(rest), port, rest })
        }
        MarkerTo::Parport(place) => {
            let port = Parport::open(place).map_err(|e| no(e.what, e.remedy))?;
            Box::new(ParallelByte { _last: port.farewell(rest), port, rest })
        }
        MarkerTo::Tcp { host, port } => {
            Box::new(tcp(host, *port).map_err(|e| unreachable(setup, &e))?)
        }
        MarkerTo::Udp { host, port } => {
            Box::new(udp(host, *port).map_err(|e| unreachable(setup, &e))?)
        }
        MarkerTo::Lsl(name) => {
            let library = Library::load().map_err(|e| no(e.what, e.remedy))?;
            let source = format!("reframe:{name}");
            let outlet = Outlet::open(&library, name, LSL_KIND, &source, 1);
            let help = "see that the network is up, and give the stream a short name";
            Box::new(Stream { outlet: outlet.map_err(|e| no(e.to_string(), help.into()))? })
        }
    })
}

fn unreachable(setup: &MarkerSetup, e: &io::Error) -> NoDevice {
    let (what, remedy) = match e.kind() {
        ErrorKind::ConnectionRefused => (
            "nothing listens there".to_string(),
            "start the program that takes marks on that computer, and see that its port is this one",
        ),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => (
            "no answer within a second".into(),
            "see that the computer is on, reachable, and lets this port through its firewall",
        ),
        _ => (
            format!("it cannot be reached ({e})"),
            "see that name and port are right, and the cable is in",
        ),
    };
    NoDevice { to: setup.to.to_string(), what, remedy: remedy.into() }
}

struct SerialByte {
    /// Before the port, so that nothing is written to whatever gets its number next.
    _last: Farewell,
    port: Serial,
    rest: u8,
}

impl Sink for SerialByte {
    fn mark(&mut self, mark: &EventMark) -> io::Result<()> {
        self.port.write_all(&[mark.code])
    }

    fn rest(&mut self) -> io::Result<()> {
        self.port.write_all(&[self.rest])
    }

    fn check(&mut self) -> io::Result<()> {
        self.port.read(&mut [0; 256]).map(|_| ())
    }
}

struct ParallelByte {
    /// As above.
    _last: Farewell,
    port: Parport,
    rest: u8,
}

impl Sink for ParallelByte {
    fn mark(&mut self, mark: &EventMark) -> io::Result<()> {
        self.port.write(mark.code)
    }

    fn rest(&mut self) -> io::Result<()> {
        self.port.write(self.rest)
    }

    fn check(&mut self) -> io::Result<()> {
        self.port.status().map(|_| ())
    }
}

struct Lines {
    stream: TcpStream,
}

impl Sink for Lines {
    fn mark(&mut self, mark: &EventMark) -> io::Result<()> {
        // A line that goes in half would be another mark: whoever does not read is given up.
        let told = |e: io::Error| match e.kind() {
            ErrorKind::WouldBlock => slow("it does not read what is sent"),
            _ => e,
        };
        self.stream.write_all(format!("{}\n", mark.line()).as_bytes()).map_err(told)
    }

    fn check(&mut self) -> io::Result<()> {
        match self.stream.read(&mut [0; 1024]) {
            Ok(0) => Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "the other side has closed the connection",
            )),
            Ok(_) => Ok(()),
            Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(e) => Err(e),
        }
    }
}

struct Packets {
    socket: UdpSocket,
}

impl Sink for Packets {
    fn mark(&mut self, mark: &EventMark) -> io::Result<()> {
        let text = mark.line();
        match self.socket.send(text.as_bytes()) {
            // What is told is that the packet before this one was refused; this one was not sent at all.
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => {
                self.socket.send(text.as_bytes())?;
                Err(io::Error::new(
                    e.kind(),
                    "nothing listens there: the packet before was refused",
                ))
            }
            sent => sent.map(|_| ()),
        }
    }
}

struct Stream {
    outlet: Outlet,
}

impl Sink for Stream {
    fn mark(&mut self, mark: &EventMark) -> io::Result<()> {
        self.outlet.push(&mark.line(), None).map_err(io::Error::other)
    }
}

fn slow(why: &str) -> io::Error {
    io::Error::new(ErrorKind::TimedOut, why)
}

fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let all: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    match all.is_empty() {
        true => Err(no_address(&host)),
        false => Ok(all),
    }
}

fn no_address(host: &dyn Display) -> io::Error {
    io::Error::new(ErrorKind::NotFound, format!("{host} has no address"))
}

fn tcp(host: &str, port: u16) -> io::Result<Lines> {
    let mut last = no_address(&host);
    for address in addresses(host, port)? {
        match TcpStream::connect_timeout(&address, CONNECTING) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_nonblocking(true)?;
                return Ok(Lines { stream });
            }
            Err(e) => last = e,
        }
    }
    Err(last)
}

fn udp(host: &str, port: u16) -> io::Result<Packets> {
    let all = addresses(host, port)?;
    let own = if all[0].is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(own)?;
    socket.connect(&all[..])?;
    socket.set_nonblocking(true)?;
    Ok(Packets { socket })
}
