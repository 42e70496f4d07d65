//! A room with a loudspeaker and a microphone in front of it: a PulseAudio server of the test's own with a sink that leads
//! nowhere, and its monitor, recorded by a process of its own with the time of every sample.

use super::server::not_tested;
use super::system::{now, signal};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const RATE: u32 = 48_000;
/// Where the recorder's process finds the folder for what it has heard.
const FOLDER: &str = "REFRAME_RECORDER";
/// Samples louder than this are sound.
const LOUD: f32 = 0.01;
/// So many silent samples are a silence between two sounds: 150 ms. A device that runs dry within one makes no two of it.
pub const APART: usize = 7_200;

/// The server, killed when it is dropped.
pub struct SoundRoom {
    child: Child,
    folder: TempDir,
}

impl SoundRoom {
    /// None, and a loud line, where PulseAudio is not installed. On a build server that is a failure.
    pub fn open() -> Option<SoundRoom> {
        let folder = TempDir::new().unwrap();
        let home = folder.path().to_path_buf();
        let socket = folder.path().join("native");
        let native = format!(
            "module-native-protocol-unix auth-anonymous=1 socket={}",
            socket.to_str().expect("a plain path")
        );
        let spawned = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            // The sink first: whoever finds the socket must find it too.
            .args(["-L", "module-null-sink sink_name=room rate=48000", "-L", &native])
            .envs([("XDG_RUNTIME_DIR", &home), ("HOME", &home)])
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn();
        let child = match spawned {
            Ok(child) => child,
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let said = "PulseAudio is not installed (Debian: apt install pulseaudio)";
                not_tested("sounds on a device", said);
                return None;
            }
            Err(e) => panic!("PulseAudio cannot be started: {e}"),
        };
        let room = SoundRoom { child, folder };
        let give_up = Instant::now() + Duration::from_secs(20);
        while !socket.exists() {
            assert!(Instant::now() < give_up, "PulseAudio does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(room)
    }

    /// What a program must be told so that it plays here.
    pub fn server(&self) -> String {
        format!("unix:{}", self.folder.path().join("native").display())
    }

    /// Tells the server something.
    pub fn tell(&self, words: &[&str]) {
        let done = Command::new("pactl").args(words).env("PULSE_SERVER", self.server()).output();
        let done = done.expect("pactl is there");
        assert!(done.status.success(), "pactl {words:?}: {done:?}");
    }

    /// The loudspeaker stops where it is.
    pub fn suspend(&self) {
        self.tell(&["suspend-sink", "room", "1"]);
    }

    /// It goes on.
    pub fn resume(&self) {
        self.tell(&["suspend-sink", "room", "0"]);
    }

    /// The server hangs.
    pub fn freeze(&self) {
        signal(self.child.id(), libc::SIGSTOP);
    }

    /// The server is gone, as in a crash.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is ours");
    }
}

impl Drop for SoundRoom {
    fn drop(&mut self) {
        // It fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "the recorder's own process, which other tests start"]
fn records_in_a_process_of_its_own() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = PathBuf::from(folder);
    let host = cpal::host_from_id(cpal::HostId::PulseAudio).expect("a server");
    let mut devices = host.input_devices().unwrap();
    let device = devices.find(|d| d.id().is_ok_and(|i| i.to_string().contains("room.monitor")));
    let device = device.expect("the monitor of the sink");
    let config = cpal::StreamConfig {
        channels: 2,
        sample_rate: RATE,
        buffer_size: cpal::BufferSize::Fixed(1024),
    };
    // Samples so far, and their stamps: number, and when the first was heard.
    type Tape = (Vec<f32>, Vec<(usize, i64)>);
    let tape: Arc<Mutex<Tape>> = Arc::default();
    let (writing, mut origin) = (tape.clone(), i64::MAX);
    let hear = move |data: &[f32], info: &cpal::InputCallbackInfo| {
        let stamp = info.timestamp();
        origin = origin.min(now() - stamp.callback.as_nanos() as i64);
        let mut tape = writing.lock().unwrap();
        let number = tape.0.len();
        tape.1.push((number, stamp.capture.as_nanos() as i64 + origin));
        tape.0.extend(data.chunks(2).map(|c| c[0]));
    };
    let wrong = |e| eprintln!("the recorder: {e}");
    let stream = device.build_input_stream(config, hear, wrong, None).unwrap();
    stream.play().unwrap();
    fs::write(folder.join("ready"), "").unwrap();
    // Until the test lets go of it.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::thread::sleep(Duration::from_millis(400));
    let tape = tape.lock().unwrap();
    let bytes: Vec<u8> = tape.0.iter().flat_map(|x| x.to_le_bytes()).collect();
    fs::write(folder.join("samples"), bytes).unwrap();
    let stamps: Vec<String> = tape.1.iter().map(|(n, t)| format!("{n},{t}")).collect();
    fs::write(folder.join("stamps"), stamps.join("\n")).unwrap();
}

/// It records. It is killed if its test gives up.
pub struct Recorder {
    child: Child,
    folder: TempDir,
}

impl Recorder {
    pub fn start(room: &SoundRoom) -> Recorder {
        let folder = TempDir::new().unwrap();
        // Whoever comes without one is refused, by a server that believes any.
        let cookie = folder.path().join("cookie");
        fs::write(&cookie, [0; 256]).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            // What went wrong in it is to be read.
            .args([
                "--ignored",
                "--exact",
                "--nocapture",
                "sound_room::records_in_a_process_of_its_own",
            ])
            .env(FOLDER, folder.path())
            .env("PULSE_COOKIE", &cookie)
            .env("PULSE_SERVER", room.server())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the test binary starts once more");
        let mut recorder = Recorder { child, folder };
        let give_up = Instant::now() + Duration::from_secs(20);
        while !recorder.folder.path().join("ready").exists() {
            let ended = recorder.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < give_up, "no recorder: {ended:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        recorder
    }

    /// All that it has heard.
    pub fn finish(mut self) -> Tape {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success(), "the recorder failed");
        let read = |name: &str| fs::read(self.folder.path().join(name)).expect("its file");
        let samples = read("samples");
        let samples = samples.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
        let stamps = String::from_utf8(read("stamps")).unwrap();
        let stamp = |line: &str| {
            let (n, t) = line.split_once(',').expect("two numbers");
            (n.parse().unwrap(), t.parse().unwrap())
        };
        Tape { samples: samples.collect(), stamps: stamps.lines().map(stamp).collect() }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // As above.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was heard.
pub struct Tape {
    pub samples: Vec<f32>,
    stamps: Vec<(usize, i64)>,
}

/// A sound on a tape: its first sample and how many it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub first: usize,
    pub count: usize,
}

impl Tape {
    /// When a sample was heard, by the stamps within half a second of it that lie on one line with it.
    pub fn time(&self, sample: usize) -> i64 {
        let ns = |n: usize| n as i64 * 1_000_000_000 / i64::from(RATE);
        let near = |n: usize| n.abs_diff(sample) < RATE as usize / 2;
        let mut offsets: Vec<i64> =
            self.stamps.iter().filter(|(n, _)| near(*n)).map(|(n, t)| t - ns(*n)).collect();
        offsets.sort_unstable();
        offsets[offsets.len() / 2] + ns(sample)
    }

    /// The sounds on it: what is loud, with a silence of so many samples before it.
    pub fn sounds(&self, silence: usize) -> Vec<Heard> {
        self.louder(LOUD, silence)
    }

    /// The same, of sounds that are louder than others.
    pub fn louder(&self, level: f32, silence: usize) -> Vec<Heard> {
        let mut found: Vec<Heard> = Vec::new();
        let mut silent = silence;
        for (n, x) in self.samples.iter().enumerate() {
            if x.abs() <= level {
                silent += 1;
                continue;
            }
            match found.last_mut() {
                Some(last) if silent < silence => last.count = n + 1 - last.first,
                _ => found.push(Heard { first: n, count: 1 }),
            }
            silent = 0;
        }
        found
    }
}
