//! How true the times of this PC are: onsets against their plan (and against an independent observer), the
//! jitter of flips, and the delay of key stamps while a scale moves.
//!
//!     Xvfb :91 -screen 0 800x600x24 -fbdir DIR &
//!     DISPLAY=:91 cargo run --example flips -- --fb DIR/Xvfb_screen0 --server $!
//!
//! `--fb` names the file in which Xvfb keeps its screen: the observer reads the photodiode patch from it.
//! `--server` is the server's process, which is then stopped for 50 ms at a time to see whether late frames
//! are reported as late.

use crossbeam_channel::{Receiver, unbounded};
use reframe::ground::clock::monotonic_now;
use reframe::ground::event::{Event, Presented};
use reframe::ground::ports::{Display, Due, PictureSource, Pixels, ShowRequest};
use reframe::ground::scene::*;
use reframe::ground::time::Nanos;
use reframe::presenter::render::{self, RenderConfig, RenderHandle, Target, WindowTarget};
use reframe::rig::patch::{Corner, Patch};
use reframe::shell::{self, Mode, ShellHandle, WindowSpec};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Args {
    trials: u64,
    fb: Option<String>,
    server: Option<i32>,
    picture: bool,
    fullscreen: bool,
}

fn main() -> Result<(), Failure> {
    let mut args = Args { trials: 120, fb: None, server: None, picture: true, fullscreen: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--trials" => args.trials = value()?.parse()?,
            "--fb" => args.fb = Some(value()?),
            "--server" => args.server = Some(value()?.parse()?),
            "--blank" => args.picture = false,
            "--fullscreen" => args.fullscreen = true,
            _ => return Err(format!("unknown argument {word}").into()),
        }
    }
    let (tell, events) = unbounded();
    let to_render = tell.clone();
    shell::run(tell, move |shell| measure(&shell, &args, to_render, &events))
        .map_err(|e| format!("{e}; {}", e.remedy()))?
}

struct Made;

impl PictureSource for Made {
    fn load(&self, _: &StimulusId) -> Result<Pixels, String> {
        let rgba = (0..800 * 600_u32).flat_map(|i| [i as u8, (i >> 8) as u8, 128, 255]).collect();
        Ok(Pixels { width: 800, height: 600, rgba })
    }
}

fn measure(
    shell: &ShellHandle,
    args: &Args,
    tell: crossbeam_channel::Sender<Event>,
    events: &Receiver<Event>,
) -> Result<(), Failure> {
    let mode = match args.fullscreen {
        true => Mode::Fullscreen { monitor: None },
        false => Mode::Window { width: 800, height: 600 },
    };
    let open =
        shell.open(WindowSpec { title: "flips".into(), mode, pointing: None, lasting: false })?;
    let target = Target::Window(WindowTarget {
        window: open.window.clone(),
        exposed: open.exposed.clone(),
        fullscreen: open.fullscreen,
        monitor: open.monitor.clone(),
        refresh_hz: open.refresh_hz,
        renewed: open.renewed.clone(),
    });
    let patch = Some(Patch { corner: Corner::TopLeft, size_px: 40 });
    let config = RenderConfig { patch, ..RenderConfig::default() };
    let began = monotonic_now();
    let picture = StimulusId("made".into());
    let mut display = render::start(config, target, Arc::new(Made), vec![picture.clone()], tell);
    let hz = loop {
        match events.recv_timeout(Duration::from_secs(30))? {
            Event::DisplayReady(info) => {
                println!("{info:?}");
                break info.refresh_hz;
            }
            Event::DisplayFailed(f) => return Err(format!("{}; {}", f.text, f.remedy).into()),
            Event::Note { text, .. } => println!("note: {text}"),
            _ => {}
        }
    };
    println!("ready after {:.0} ms", (monotonic_now() - began).millis());
    let shown = if args.picture { native(&picture) } else { Scene::blank(Rgb::GREY) };
    onsets(&mut display, events, args, &shown, hz)?;
    let ticket = keys(&mut display, events, args)?;
    if let Some(server) = args.server {
        stopped(&mut display, events, server, ticket)?;
    }
    display.stop();
    shell.close(open)?;
    Ok(())
}

fn native(id: &StimulusId) -> Scene {
    let kind = ElementKind::Picture { stimulus: id.clone(), size: PictureSize::Native };
    let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
    let element = Element { id: "picture".into(), x, y, depth: 0, opacity: 1.0, kind };
    Scene { background: Rgb::BLACK, elements: vec![element] }
}

fn request(ticket: u64, at: Nanos, scene: Scene, mark: bool) -> ShowRequest {
    ShowRequest { ticket, scene, due: Due::At(at), report: true, mark, event: None, sounds: None }
}

/// Scenes at known instants; planned, reported and (where there is an observer) true onsets.
fn onsets(
    display: &mut RenderHandle,
    events: &Receiver<Event>,
    args: &Args,
    shown: &Scene,
    hz: f64,
) -> Result<(), Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let observer = args.fb.clone().map(|path| {
        let stop = stop.clone();
        std::thread::spawn(move || observe(&path, &stop))
    });
    let start = monotonic_now() + Nanos::from_millis(500);
    let cpu = cpu_time();
    let planned = |i: u64| start + Nanos::from_millis(153) * i as i64;
    let (mut reported, mut next) = (Vec::new(), 0);
    while (reported.len() as u64) < args.trials {
        // A runner looks some 300 ms ahead.
        while next < args.trials && next < reported.len() as u64 + 2 {
            let scene = if next % 2 == 0 { shown.clone() } else { Scene::blank(Rgb::BLACK) };
            display.show(request(next + 1, planned(next), scene, next % 2 == 0));
            next += 1;
        }
        match events.recv_timeout(Duration::from_secs(5))? {
            Event::Presented(p) => reported.push(p),
            Event::DisplayFailed(f) => return Err(f.text.into()),
            Event::Note { text, .. } => println!("note: {text}"),
            _ => {}
        }
    }
    let wall = (monotonic_now() - start).millis();
    println!("processor: {:.1} ms a scene", (cpu_time() - cpu).millis() / args.trials as f64);
    println!("{} scenes in {wall:.0} ms", args.trials);
    let late = |p: &Presented| p.onset - planned(p.ticket - 1);
    print_stats("onset - planned (half a frame is allowed)", reported.iter().map(late));
    let steps = reported.windows(2).map(|w| {
        let frames = (w[1].frame - w[0].frame) as f64;
        (w[1].onset - w[0].onset) - Nanos::from_secs(frames / hz)
    });
    print_stats("step between onsets - whole frames", steps);
    stop.store(true, Ordering::Relaxed);
    if let Some(observer) = observer {
        let seen = observer.join().map_err(|_| "the observer failed")??;
        let errors = reported.iter().filter_map(|p| {
            let white = p.marked;
            let near = |t: &(Nanos, bool)| (t.0 - p.onset).abs();
            let truth = seen.iter().filter(|s| s.1 == white).min_by_key(|t| near(t))?;
            (near(truth) < Nanos::from_millis(70)).then(|| p.onset - truth.0)
        });
        print_stats("reported onset - observed", errors);
    }
    Ok(())
}

/// When the patch turned white or black, read from the server's own memory.
fn observe(path: &str, stop: &AtomicBool) -> std::io::Result<Vec<(Nanos, bool)>> {
    let file = std::fs::File::open(path)?;
    let word = |at: u64| {
        let mut b = [0; 4];
        file.read_exact_at(&mut b, at).map(|()| u64::from(u32::from_be_bytes(b)))
    };
    // An xwd file: header size, 12 bytes for each of its colours, then the lines.
    let pixel = word(0)? + word(19 * 4)? * 12 + 5 * word(12 * 4)? + 5 * 4;
    let (mut seen, mut white) = (Vec::new(), false);
    while !stop.load(Ordering::Relaxed) {
        let now = word(pixel)? & 0xffff_ff00 != 0;
        if now != white {
            white = now;
            seen.push((monotonic_now(), white));
        }
        std::thread::sleep(Duration::from_micros(20));
    }
    Ok(seen)
}

fn moving_scale() -> Scene {
    let motion = Motion {
        from: 0.0,
        since: monotonic_now(),
        direction: 1.0,
        delay: Nanos::ZERO,
        speed: 0.05,
        acceleration: 0.0,
        top_speed: 0.05,
    };
    let scale = ScaleView {
        look: ScaleLook::Line,
        question: "How negative do you feel?".into(),
        anchors: vec!["not at all".into(), "extremely".into()],
        width: Extent::Px(600.0),
        text_height: Extent::Px(30.0),
        color: Rgb::WHITE,
        marker: Marker::Moving(motion),
        confirmed: false,
        countdown: None,
    };
    let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
    let kind = ElementKind::Scale(scale);
    let elements = vec![Element { id: "scale".into(), x, y, depth: 0, opacity: 1.0, kind }];
    Scene { background: Rgb::GREY, elements }
}

/// Keys from the server's test extension while a scale moves at every flip; gives the next free ticket.
fn keys(display: &mut RenderHandle, events: &Receiver<Event>, args: &Args) -> Result<u64, Failure> {
    use x11rb::connection::Connection;
    use x11rb::protocol::xtest::ConnectionExt;
    let ticket = args.trials + 1;
    display.show(request(ticket, monotonic_now(), moving_scale(), false));
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection.setup().roots[screen].root;
    std::thread::sleep(Duration::from_millis(300));
    while events.try_recv().is_ok() {}
    let (mut delays, mut lost) = (Vec::new(), 0);
    for i in 0..2 * args.trials {
        // Odd steps visit all phases of a frame.
        std::thread::sleep(Duration::from_micros(15_000 + (i * 7_919) % 16_667));
        let sent = monotonic_now();
        connection.xtest_fake_input(2 + (i % 2) as u8, 38, 0, root, 0, 0, 0)?;
        connection.flush()?;
        let stamp = loop {
            match events.recv_timeout(Duration::from_millis(500)) {
                Ok(Event::Key(k)) => break Some(k.stamp),
                Ok(_) => {}
                Err(_) => break None,
            }
        };
        match stamp {
            Some(stamp) => delays.push(stamp - sent),
            None => lost += 1,
        }
    }
    print_stats("key stamp - injected, while a scale moves", delays.into_iter());
    if lost > 0 {
        println!("{lost} keys were not heard: does the window have the focus?");
    }
    Ok(ticket + 1)
}

/// The server stands still for 50 ms around a flip: the report must say so.
fn stopped(
    display: &mut RenderHandle,
    events: &Receiver<Event>,
    server: i32,
    first: u64,
) -> Result<(), Failure> {
    let signal =
        |name: &str| std::process::Command::new("kill").args([name, &server.to_string()]).status();
    let mut late = Vec::new();
    for i in 0..10 {
        let t = monotonic_now() + Nanos::from_millis(300);
        let color = if i % 2 == 0 { Rgb::WHITE } else { Rgb::BLACK };
        display.show(request(first + i, t, Scene::blank(color), i % 2 == 0));
        std::thread::sleep((t - monotonic_now() - Nanos::from_millis(25)).to_duration());
        signal("-STOP")?;
        std::thread::sleep(Duration::from_millis(50));
        let back = monotonic_now();
        signal("-CONT")?;
        loop {
            if let Event::Presented(p) = events.recv_timeout(Duration::from_secs(5))? {
                println!(
                    "server stopped: onset {:+.1} ms from plan, {:+.1} ms from its return, frame {}",
                    (p.onset - t).millis(),
                    (p.onset - back).millis(),
                    p.frame
                );
                late.push(p.onset - t);
                break;
            }
        }
    }
    print_stats("onset - planned, server stopped for 50 ms", late.into_iter());
    Ok(())
}

fn cpu_time() -> Nanos {
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return Nanos::ZERO };
    let after = text.rsplit(')').next().unwrap_or("");
    let ticks: i64 =
        after.split_whitespace().skip(11).take(2).filter_map(|w| w.parse::<i64>().ok()).sum();
    Nanos::from_millis(ticks * 10)
}

fn print_stats(what: &str, values: impl Iterator<Item = Nanos>) {
    let mut v: Vec<f64> = values.map(Nanos::millis).collect();
    v.sort_by(f64::total_cmp);
    let n = v.len();
    if n == 0 {
        return println!("{what}: nothing");
    }
    let mean = v.iter().sum::<f64>() / n as f64;
    let sd = (v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
    println!(
        "{what}, ms: n {n}, median {:.3}, mean {mean:.3}, SD {sd:.3}, min {:.3}, p99 {:.3}, max {:.3}",
        v[n / 2],
        v[0],
        v[(n * 99 / 100).min(n - 1)],
        v[n - 1]
    );
}
