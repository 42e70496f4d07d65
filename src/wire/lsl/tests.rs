//! Round trips through the real liblsl, within this process and with pylsl in another. Where liblsl is not there they say
//! so and test nothing.

use super::*;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const SOON: Duration = Duration::from_secs(10);

/// liblsl on this computer alone: streams of tests are no business of the network's.
fn library() -> Option<Arc<Library>> {
    // liblsl reads its settings once, when it is first used; before that there is one thread here.
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        if std::env::var_os("LSLAPICFG").is_none() {
            eprintln!(
                "LSLAPICFG is not set: streams may not be found on a machine without multicast"
            );
        }
    });
    match Library::load() {
        Ok(library) => Some(library),
        Err(e) => {
            eprintln!("SKIPPED: {e}; {}", e.remedy);
            None
        }
    }
}

/// A name that no other test and no other process uses.
fn unique(what: &str) -> String {
    format!("reframe-{what}-{}-{}", std::process::id(), monotonic_now().0)
}

#[test]
fn samples_arrive_with_their_stamps_in_order() {
    let Some(lib) = library() else { return };
    let name = unique("loop");
    let mut out = Outlet::open(&lib, &name, "Markers", &name, 1).unwrap();
    assert!(!out.has_readers());
    let mut inlet = Inlet::resolve(&lib, &name, SOON).unwrap();
    assert_eq!(inlet.channels(), 1);
    let stamp = lib.local_clock();
    out.push("5", Some(stamp)).unwrap();
    out.push("", None).unwrap();
    let long = "ä".repeat(LONGEST / 2);
    out.push(&long, None).unwrap();
    let first = inlet.pull(SOON).unwrap().expect("a sample");
    assert_eq!((first.texts.as_slice(), first.stamp), (&["5".to_string()][..], stamp));
    let second = inlet.pull(SOON).unwrap().expect("a sample");
    assert_eq!(second.texts, [""]);
    assert!(second.stamp >= stamp);
    assert_eq!(inlet.pull(SOON).unwrap().expect("a sample").texts, [long]);
    assert_eq!(inlet.pull(Duration::from_millis(20)), Ok(None));
    assert!(out.has_readers());
    let correction = inlet.time_correction(SOON).unwrap();
    assert!(correction.abs() < 0.05, "one clock has no offset to itself: {correction}");
    drop(out);
    let lost = (0..200).find_map(|_| inlet.pull(Duration::from_millis(50)).err());
    assert_eq!(lost, Some(LslError::Lost(name)));
}

#[test]
fn texts_that_are_too_long_and_streams_that_are_not_there_are_refused() {
    let Some(lib) = library() else { return };
    let name = unique("refused");
    let mut out = Outlet::open(&lib, &name, "Markers", &name, 2).unwrap();
    assert!(out.push(&"x".repeat(LONGEST + 1), None).unwrap_err().to_string().contains("4096"));
    assert!(out.push("a\0b", None).is_err());
    assert!(Outlet::open(&lib, "", "Markers", "x", 1).is_err());
    assert!(Outlet::open(&lib, "x", "Markers", "x", 0).is_err());
    let none = Inlet::resolve(&lib, &unique("nobody"), Duration::from_millis(200));
    assert!(matches!(none, Err(LslError::NotFound(_))), "{none:?}");
    assert!(Inlet::resolve(&lib, "it's", SOON).unwrap_err().to_string().contains("quote"));
}

#[test]
fn stamps_are_instants_of_the_monotonic_clock() {
    let Some(lib) = library() else { return };
    let before = monotonic_now();
    let stamp = lib.local_clock();
    let after = monotonic_now();
    let told = lib.monotonic_of(stamp).unwrap();
    // The same clock on Linux; the readings may lie a little apart.
    let slack = Nanos(20_000);
    assert!(told >= before - slack && told <= after + slack, "{before:?} {told:?} {after:?}");
    assert!((lib.stamp_of(told).unwrap() - stamp).abs() < 40e-6);
    assert_eq!(lib.monotonic_of(f64::NAN), None);
    assert_eq!(lib.monotonic_of(f64::INFINITY), None);
}

const PEER: &str = "
import sys, pylsl
name = sys.argv[1]
out = pylsl.StreamOutlet(pylsl.StreamInfo(name + '-py', 'Markers', 2, 0, pylsl.cf_int32, name + '-py'))
print('open', flush=True)
streams = pylsl.resolve_byprop('name', name, 1, 20)
inlet = pylsl.StreamInlet(streams[0])
inlet.open_stream(20)
print('reading', flush=True)
for i in range(3):
    sample, stamp = inlet.pull_sample(20)
    print(sample[0], repr(stamp), flush=True)
sys.stdin.readline()
print(repr(pylsl.local_clock()), flush=True)
out.push_sample([7, -8])
sys.stdin.readline()
";

#[test]
fn another_program_with_pylsl_hears_and_is_heard() {
    let Some(lib) = library() else { return };
    let Some(python) = std::env::var_os("REFRAME_TEST_PYLSL") else {
        eprintln!("SKIPPED: REFRAME_TEST_PYLSL names no Python that has pylsl");
        return;
    };
    let name = unique("peer");
    let mut out = Outlet::open(&lib, &name, "Markers", &name, 1).unwrap();
    let mut peer = Command::new(python)
        .args(["-c", PEER, &name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(peer.stdout.take().unwrap()).lines();
    let mut line = || lines.next().expect("a line").unwrap();
    assert_eq!(line(), "open");
    let mut inlet = Inlet::resolve(&lib, &format!("{name}-py"), SOON).unwrap();
    assert_eq!(line(), "reading");
    for text in ["5", "Grüße", "s"] {
        let stamp = lib.local_clock();
        out.push(text, Some(stamp)).unwrap();
        assert_eq!(line(), format!("{text} {stamp}"));
    }
    let mut stdin = peer.stdin.take().unwrap();
    stdin.write_all(b"\n").unwrap();
    let sent: f64 = line().parse().unwrap();
    let sample = inlet.pull(SOON).unwrap().expect("a sample");
    assert_eq!(sample.texts, ["7", "-8"], "numbers are told as text");
    assert!(sample.stamp >= sent && sample.stamp < sent + 1.0);
    stdin.write_all(b"\n").unwrap();
    drop(stdin);
    assert!(peer.wait().unwrap().success());
}
