//! Trigger sources as people write them.

use super::*;
use TriggerSource::*;

fn serial_of(port: &str, baud: u32, byte: Byte) -> TriggerSource {
    Serial { port: port.into(), baud, byte }
}

#[test]
fn trigger_sources_are_read_as_people_write_them() {
    let at = |a: &str| a.parse().unwrap();
    let by_path = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0";
    for (text, source) in [
        ("key:Digit5", Key("Digit5".into())),
        ("key:5", Key("Digit5".into())),
        ("key:t", Key("KeyT".into())),
        ("key:F9", Key("F9".into())),
        ("key:5@Current Designs", Key("Digit5@Current Designs".into())),
        ("emulate", Emulate(None)),
        ("emulate:2.0", Emulate(Some(2.0))),
        ("serial:/dev/ttyUSB0", serial_of("/dev/ttyUSB0", 9600, Byte::Any)),
        ("serial:COM3@115200:0x35", serial_of("COM3", 115_200, Byte::One(0x35))),
        ("serial:/dev/ttyACM0:5", serial_of("/dev/ttyACM0", 9600, Byte::One(b'5'))),
        ("serial:/dev/ttyACM0:any", serial_of("/dev/ttyACM0", 9600, Byte::Any)),
        (&format!("serial:{by_path}"), serial_of(by_path, 9600, Byte::Any)),
        (&format!("serial:{by_path}@57600:t"), serial_of(by_path, 57_600, Byte::One(b't'))),
        ("xid:COM3:4", Xid { port: "COM3".into(), baud: 115_200, of: None, key: 4 }),
        (
            "xid:/dev/ttyUSB0@9600:1.2",
            Xid { port: "/dev/ttyUSB0".into(), baud: 9600, of: Some(1), key: 2 },
        ),
        ("modem:COM1:dcd", Modem { port: "COM1".into(), line: "dcd", rising: true }),
        ("modem:COM1:cts:falling", Modem { port: "COM1".into(), line: "cts", rising: false }),
        (
            "parport:/dev/parport0:ack",
            Parport { port: "/dev/parport0".into(), pin: Pin::Ack, rising: true },
        ),
        ("tcp:5000", Tcp { at: at("127.0.0.1:5000"), text: None }),
        ("tcp:0.0.0.0:5000=5", Tcp { at: at("0.0.0.0:5000"), text: Some("5".into()) }),
        ("udp:localhost:99", Udp { at: at("127.0.0.1:99"), text: None }),
        ("udp:[::1]:99=TR", Udp { at: at("[::1]:99"), text: Some("TR".into()) }),
        ("lsl:Scanner=5", Lsl { name: "Scanner".into(), text: Some("5".into()) }),
        (
            "evdev:/dev/input/event3:5",
            Evdev { path: "/dev/input/event3".into(), code: "Digit5".into() },
        ),
    ] {
        assert_eq!(trigger_source(text), Ok(source), "{text}");
    }
}

#[test]
fn what_is_no_source_is_told_with_what_could_be_meant() {
    for (text, says) in [
        ("", "serial:PORT@BAUD:BYTE"),
        ("key", "key:CODE"),
        ("key:", "W3C code"),
        ("key:Digt5", "did you mean key:Digit5?"),
        ("key:é", "W3C code"),
        ("emulate:0", "from 0.1 to 30"),
        ("emulate:NaN", "from 0.1 to 30"),
        ("tcp:x", "tcp:5000"),
        ("tcp:0", "tcp:5000"),
        ("udp:5000=", "behind the ="),
        ("serial:", "a port"),
        ("serial:/dev/ttyUSB0@fast", "bits a second"),
        ("serial:/dev/ttyUSB0:55", "one character"),
        ("xid:/dev/ttyUSB0", "its number"),
        ("modem:/dev/ttyUSB0:rts", "cts, dsr, ri, dcd"),
        ("parport:/dev/parport0", "ack, busy"),
        ("evdev:/dev/input/event3", "evdev:/dev/input/event3:"),
        ("lsl:", "name of a stream"),
        ("usb:5", "evdev:PATH:CODE"),
    ] {
        let why = trigger_source(text).expect_err(text);
        assert!(why.contains(says), "{text}: {why}");
    }
}

#[test]
fn no_text_makes_reading_a_source_panic() {
    use proptest::prelude::*;
    proptest!(|(kind in "(key|serial|xid|modem|parport|tcp|udp|lsl|evdev|emulate)?", rest in ".{0,40}")| {
        let _ = trigger_source(&format!("{kind}:{rest}"));
    });
}
