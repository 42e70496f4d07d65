//! What a run costs before and while a picture stands: from the start of the program to its first flip on the screen, from
//! there until a protocol of many pictures is armed, memory, and the processor's share of a standing picture.
//!
//!     cargo bench --profile dev --bench startup        or, as it is installed: cargo bench --bench startup
//!
//! It starts the real binary in a window on an X server in memory, and looks at the server's frame buffer.
//! docs/benchmarks.md keeps the figures.

#[cfg(target_os = "linux")]
#[allow(dead_code)]
#[path = "../tests/live/server.rs"]
mod server;
#[cfg(target_os = "linux")]
#[allow(dead_code)]
#[path = "../tests/live/system.rs"]
mod system;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this bench needs an X server in memory (Xvfb), which is on Linux");
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use super::server::Server;
    use super::system::{Mapped, now, signal, sleep_until};
    use image::{ImageFormat, RgbImage};
    use std::fs;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use tempfile::TempDir;

    /// Nanoseconds in a second.
    const S: i64 = 1_000_000_000;
    /// How long a standing picture is watched, in seconds.
    const STANDING_S: i64 = 10;
    const TIMES: usize = 3;

    pub fn main() {
        let room = TempDir::new().expect("a folder for pictures");
        println!(
            "pictures | start to first flip s | to armed s | largest MB | standing MB | standing, % of a core"
        );
        for pictures in [0, 100, 1000] {
            stimuli(room.path(), pictures);
            for _ in 0..TIMES {
                let Some(server) = Server::start() else { return };
                let run = Run::start(&server, room.path(), pictures);
                println!("{pictures:8} | {}", run.figures(&server));
            }
        }
    }

    /// So many JPEGs of 1024 x 768 with some grain, their table, and a protocol that shows each.
    fn stimuli(room: &Path, pictures: usize) {
        let folder = room.join("stimuli");
        fs::create_dir_all(&folder).expect("a folder");
        let mut table = String::from("id\tfile\n");
        for i in 0..pictures {
            let name = format!("p{i:04}.jpg");
            table += &format!("p{i:04}\t{name}\n");
            let path = folder.join(name);
            if !path.exists() {
                picture(i as u32).save_with_format(path, ImageFormat::Jpeg).expect("a picture");
            }
        }
        fs::write(folder.join("pictures.tsv"), table).expect("a table");
        fs::write(room.join("task.toml"), protocol(pictures)).expect("a protocol");
    }

    fn picture(seed: u32) -> RgbImage {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        RgbImage::from_fn(1024, 768, |x, y| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let wave = ((x + seed * 7) as f32 / 40.0).sin() * 70.0 + (y as f32 / 55.0).cos() * 40.0;
            let grain = (state % 24) as f32;
            image::Rgb([0, 1, 2].map(|c| (118.0 + wave + grain + 4.0 * c as f32) as u8))
        })
    }

    fn protocol(pictures: usize) -> String {
        let (stimuli, contents, block) = match pictures {
            0 => ("", "[]", String::new()),
            n => (
                "stimuli = \"pictures.tsv\"",
                "[\"picture\"]",
                format!("[pictures.any]\n[block.trials]\ncycles = {n}\ncontents = [\"picture\"]\n"),
            ),
        };
        let sequence = if contents == "[]" { "[\"still\"]" } else { "[\"still\", \"trials\"]" };
        let phase = match pictures {
            0 => "",
            _ => {
                "[phase.picture]\nduration = 30.0\n\
                 elements = [{ kind = \"picture\", from = \"any\", size = \"80%\" }]\n"
            }
        };
        let seconds = if pictures == 0 { 60.0 } else { 1.0 };
        format!(
            "sequence = {sequence}\n[task]\nname = \"startup\"\nbackground = \"grey\"\n{stimuli}\n{block}\
             [phase.still]\nduration = {seconds:?}\nelements = [{{ kind = \"fixation\" }}]\n{phase}"
        )
    }

    struct Run {
        child: Child,
        began: i64,
        data: TempDir,
    }

    impl Run {
        fn start(server: &Server, room: &Path, _pictures: usize) -> Run {
            let data = TempDir::new().expect("a folder for data");
            let began = now();
            let child = Command::new(env!("CARGO_BIN_EXE_reframe"))
                .arg("run")
                .arg(room.join("task.toml"))
                .arg("--stimuli")
                .arg(room.join("stimuli"))
                .arg("--data")
                .arg(data.path().join("data"))
                .args(["--sub", "01", "--display", "window", "--size", "800x600", "--place", "lab"])
                .env("DISPLAY", &server.display)
                .env_remove("WAYLAND_DISPLAY")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the binary starts");
            Run { child, began, data }
        }

        fn figures(mut self, server: &Server) -> String {
            let screen = Mapped::open(&server.frame_buffer());
            let field = |i: usize| u32::from_be_bytes(screen.read(4 * i)) as usize;
            let middle = field(0) + 12 * field(19) + 300 * field(12) + 4 * 300;
            let grey = || screen.read(middle)[..3] == [128; 3];
            while !grey() {
                self.still_runs();
                sleep_until(now() + S / 5000);
            }
            let first = now();
            let armed = loop {
                if let Some(onset) = first_onset(self.data.path()) {
                    break onset;
                }
                self.still_runs();
                sleep_until(now() + S / 100);
            };
            // The first picture, and what was loaded for it, is long there.
            sleep_until(armed + 3 * S);
            let before = self.processor_s();
            sleep_until(now() + STANDING_S * S);
            let share = (self.processor_s() - before) / STANDING_S as f64 * 100.0;
            let (largest, standing) = (self.memory_mb("VmHWM"), self.memory_mb("VmRSS"));
            signal(self.child.id(), libc::SIGTERM);
            self.child.wait().expect("it ends");
            let seconds = |ns: i64| ns as f64 / S as f64;
            format!(
                "{:.3} | {:.3} | {largest} | {standing} | {share:.1}",
                seconds(first - self.began),
                seconds(armed - first)
            )
        }

        fn still_runs(&mut self) {
            let ended = self.child.try_wait().expect("it is ours");
            assert!(ended.is_none(), "the program has ended: {ended:?}");
        }

        fn memory_mb(&self, field: &str) -> u64 {
            let text = self.proc("status");
            let line = text.lines().find(|l| l.starts_with(field)).expect("a line");
            let kb: u64 = line.split_whitespace().nth(1).expect("a number").parse().expect("kB");
            kb / 1024
        }

        /// Seconds of all its threads so far.
        fn processor_s(&self) -> f64 {
            let text = self.proc("stat");
            let after_name = text.rsplit(')').next().expect("a name in brackets");
            let field = |i: usize| -> f64 {
                after_name.split_whitespace().nth(i).expect("a field").parse().expect("ticks")
            };
            (field(11) + field(12)) / 100.0
        }

        fn proc(&self, name: &str) -> String {
            fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).expect("it runs")
        }
    }

    fn first_onset(folder: &Path) -> Option<i64> {
        for entry in fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                if let Some(found) = first_onset(&path) {
                    return Some(found);
                }
            } else if path.ends_with("journal.jsonl") {
                let text = fs::read_to_string(path).ok()?;
                let line = text.lines().find(|l| l.contains("\"kind\":\"onset\""))?;
                let value: serde_json::Value = serde_json::from_str(line).ok()?;
                return value["onset_ns"].as_i64();
            }
        }
        None
    }
}
