//! Network wires against senders that behave, and senders that do not.

use super::*;
use std::io::Write;
use std::net::Ipv4Addr;

/// A port that is free.
fn free() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

fn take(port: &mut Box<dyn Port>, n: usize) -> Vec<String> {
    let mut found = Vec::new();
    let until = monotonic_now() + crate::ground::time::Nanos::from_secs(10.0);
    while found.len() < n && monotonic_now() < until {
        if let Some(Arrived { what: What::Text(text), .. }) = port.next().unwrap() {
            found.push(text);
        }
    }
    found
}

#[test]
fn lines_of_two_senders_arrive_each_whole() {
    let at = free();
    let mut port = tcp(at, None).unwrap();
    let mut one = TcpStream::connect(at).unwrap();
    let mut other = TcpStream::connect(at).unwrap();
    one.write_all(b"half of ").unwrap();
    other.write_all(b"whole\n").unwrap();
    assert_eq!(take(&mut port, 1), ["whole"]);
    one.write_all(b"one\n").unwrap();
    assert_eq!(take(&mut port, 1), ["half of one"]);
}

#[test]
fn a_sender_that_goes_in_the_middle_of_a_line_leaves_room_for_the_next() {
    let at = free();
    let mut port = tcp(at, None).unwrap();
    for _ in 0..3 * MOST_SENDERS {
        let mut sender = TcpStream::connect(at).unwrap();
        sender.write_all(b"whole\nhalf").unwrap();
        drop(sender);
        assert_eq!(take(&mut port, 1), ["whole"]);
        // Its place is free once its thread has seen the end.
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn the_sender_that_was_silent_longest_makes_room_for_a_new_one() {
    let at = free();
    let mut port = tcp(at, None).unwrap();
    let mut all = Vec::new();
    for n in 0..MOST_SENDERS {
        let mut sender = TcpStream::connect(at).unwrap();
        sender.write_all(format!("{n}\n").as_bytes()).unwrap();
        assert_eq!(take(&mut port, 1), [n.to_string()]);
        all.push(sender);
    }
    all[0].write_all(b"not silent\n").unwrap();
    assert_eq!(take(&mut port, 1), ["not silent"]);
    let mut extra = TcpStream::connect(at).unwrap();
    extra.write_all(b"one more\n").unwrap();
    assert_eq!(take(&mut port, 1), ["one more"]);
    all[1].set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let closed = all[1].read(&mut [0; 1]);
    assert!(matches!(&closed, Ok(0)) || closed.is_err_and(|e| !is_patience(&e)));
    all[0].write_all(b"still here\n").unwrap();
    assert_eq!(take(&mut port, 1), ["still here"]);
}

#[test]
fn a_sender_that_floods_is_let_go_while_others_are_heard() {
    let at = free();
    let mut port = tcp(at, None).unwrap();
    let mut flood = TcpStream::connect(at).unwrap();
    let mut scanner = TcpStream::connect(at).unwrap();
    // It may be let go before it has sent all.
    let _ = flood.write_all("junk\n".repeat(5_000).as_bytes());
    scanner.write_all(b"5\n").unwrap();
    let (mut junk, mut heard, mut said) = (0, false, false);
    let until = monotonic_now() + crate::ground::time::Nanos::from_secs(20.0);
    while !(heard && said) && monotonic_now() < until {
        match port.next().unwrap().map(|a| a.what) {
            Some(What::Text(text)) if text == "5" => heard = true,
            Some(What::Text(_)) => junk += 1,
            Some(What::Said(text)) => said |= text.contains("messages in a second"),
            _ => {}
        }
    }
    assert!(heard && said && junk <= 300, "{heard} {said} {junk}");
}

#[test]
fn packets_are_cut_to_what_a_message_can_be() {
    let at = free();
    let mut port = udp(at).unwrap();
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    sender.send_to(b" 5 \r\n\0", at).unwrap();
    sender.send_to(&[b'x'; 2_000], at).unwrap();
    let found = take(&mut port, 2);
    assert_eq!(found[0], "5");
    assert_eq!(found[1].len(), LONGEST_PACKET);
}

#[test]
fn a_port_that_is_taken_is_told_with_what_helps() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let why = tcp(taken.local_addr().unwrap(), None).err().unwrap();
    assert!(why.text.starts_with("tcp:127.0.0.1:"), "{}", why.text);
    assert!(why.remedy.contains("another program"), "{}", why.remedy);
}
