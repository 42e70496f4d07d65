//! Pulses over the network: a line of text on a connection that the program listens for, or one datagram each.

use super::{Edge, NoPlace, Place, Said};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

/// The address, looked up once: while pulses are sent nothing waits for a name.
fn resolved(address: &str) -> Result<Vec<SocketAddr>, NoPlace> {
    let no_place = |what: String| NoPlace {
        what,
        remedy: "write HOST:PORT, as in localhost:5005 or 192.168.1.7:5005".into(),
    };
    let found = address.to_socket_addrs().map_err(|e| no_place(format!("{address}: {e}")))?;
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() {
        return Err(no_place(format!("{address} is no address")));
    }
    Ok(found)
}

#[derive(Debug)]
struct Tcp {
    /// As it was written.
    name: String,
    addresses: Vec<SocketAddr>,
    text: String,
    stream: Option<TcpStream>,
}

/// A connection that is sought as soon as it is asked for.
pub(super) fn tcp(address: &str, text: &str) -> Result<Box<dyn Place>, NoPlace> {
    let addresses = resolved(address)?;
    Ok(Box::new(Tcp { name: address.into(), addresses, text: text.into(), stream: None }))
}

impl Tcp {
    fn connect(&self, patience: Duration) -> io::Result<TcpStream> {
        let each = (patience / self.addresses.len() as u32).max(Duration::from_millis(1));
        let mut last = io::Error::from(io::ErrorKind::NotConnected);
        for address in &self.addresses {
            match TcpStream::connect_timeout(address, each) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    // A program that does not read must not hold up the pulses.
                    stream.set_nonblocking(true)?;
                    return Ok(stream);
                }
                Err(e) => last = e,
            }
        }
        Err(last)
    }
}

/// Whether the other side has gone. What it sends is of no use here, and must not fill up.
fn has_gone(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 256];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return e.kind() != io::ErrorKind::WouldBlock,
        }
    }
}

impl Place for Tcp {
    fn ready(&mut self, patience: Duration) -> Result<(), String> {
        if self.stream.as_mut().is_some_and(has_gone) {
            self.stream = None;
            // It is sought the next time, so that the break is told of, however short it is.
            return Err("the program has closed the connection".into());
        }
        if self.stream.is_none() {
            let found = self.connect(patience);
            let found = found.map_err(|_| format!("no program listens at {}", self.name))?;
            self.stream = Some(found);
        }
        Ok(())
    }

    fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String> {
        if edge == Edge::Up {
            return Ok(Said::NotHere);
        }
        let line = format!("{}\n", code.unwrap_or(&self.text));
        let gone = self.stream.as_mut().is_some_and(has_gone);
        let Some(stream) = self.stream.as_mut().filter(|_| !gone) else {
            self.stream = None;
            return Err("no program is connected".into());
        };
        stream.write_all(line.as_bytes()).map_err(|e| {
            self.stream = None;
            format!("the connection takes nothing: {e}")
        })?;
        Ok(Said::Yes)
    }
}

#[derive(Debug)]
struct Udp {
    socket: UdpSocket,
    text: String,
}

/// Datagrams; nobody can know whether they arrive.
pub(super) fn udp(address: &str, text: &str) -> Result<Box<dyn Place>, NoPlace> {
    let to = resolved(address)?;
    let open = || -> io::Result<UdpSocket> {
        let own: SocketAddr = match to[0] {
            SocketAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
            SocketAddr::V6(_) => ([0u16; 8], 0).into(),
        };
        let socket = UdpSocket::bind(own)?;
        socket.connect(to[0])?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    let socket = open().map_err(|e| NoPlace {
        what: format!("cannot send to {address}: {e}"),
        remedy: "is the network up, and the address right?".into(),
    })?;
    Ok(Box::new(Udp { socket, text: text.into() }))
}

impl Place for Udp {
    fn ready(&mut self, _patience: Duration) -> Result<(), String> {
        Ok(())
    }

    fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String> {
        if edge == Edge::Up {
            return Ok(Said::NotHere);
        }
        let text = code.unwrap_or(&self.text).as_bytes();
        let sent = match self.socket.send(text) {
            // That is what became of the one before, where nobody listened; this one is not sent yet.
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => self.socket.send(text),
            other => other,
        };
        sent.map(|_| Said::Yes).map_err(|e| format!("the datagram was not sent: {e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const PATIENCE: Duration = Duration::from_secs(5);

    #[test]
    fn a_program_that_goes_and_comes_back_is_found_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut place = tcp(&address, "TR").unwrap();
        assert!(place.send(Edge::Down, None).is_err(), "nothing is connected yet");
        place.ready(PATIENCE).unwrap();
        let (mut heard, _) = listener.accept().unwrap();
        assert_eq!(place.send(Edge::Down, None), Ok(Said::Yes));
        assert_eq!(place.send(Edge::Up, None), Ok(Said::NotHere));
        assert_eq!(place.send(Edge::Down, Some("1")), Ok(Said::Yes));
        let mut bytes = [0; 5];
        heard.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"TR\n1\n");
        drop(heard);
        let lost = (0..500).find_map(|_| {
            std::thread::sleep(Duration::from_millis(2));
            place.send(Edge::Down, None).err()
        });
        assert!(lost.is_some(), "a connection that was closed is known to be so");
        place.ready(PATIENCE).unwrap();
        let (mut heard, _) = listener.accept().unwrap();
        assert_eq!(place.send(Edge::Down, None), Ok(Said::Yes));
        heard.read_exact(&mut bytes[..3]).unwrap();
        assert_eq!(&bytes[..3], b"TR\n");
    }

    #[test]
    fn datagrams_are_sent_again_where_the_one_before_found_nobody() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        drop(socket);
        let mut place = udp(&address.to_string(), "5").unwrap();
        assert_eq!(place.send(Edge::Down, None), Ok(Said::Yes));
        let socket = UdpSocket::bind(address).unwrap();
        assert_eq!(place.send(Edge::Down, Some("b")), Ok(Said::Yes));
        let mut bytes = [0; 8];
        let n = socket.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..n], b"b");
        assert!(udp("nowhere", "5").is_err());
    }
}
