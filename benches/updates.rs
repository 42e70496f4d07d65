//! What it costs when a marker moves: to prepare the whole scene anew, against taking over the marker alone. In memory, 1920 x 1080. `cargo bench --profile dev --bench updates` prints the times;
//! docs/benchmarks.md keeps the figures.

use reframe::ground::scene::*;
use reframe::ground::time::Nanos;
use reframe::presenter::gpu::{Gpu, PictureKit, Renderer};
use reframe::rig::schema::Screen;
use std::time::Instant;

const TIMES: u32 = 500;

fn main() {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let (gpu, _) = Gpu::open(&instance, None).expect("a graphics adapter");
    let kit = PictureKit::new(&gpu);
    let format = wgpu::TextureFormat::Rgba8Unorm;
    let rig = Screen::default();
    let mut renderer = Renderer::new(&gpu, &kit, (1920, 1080), format, true, &rig, None)
        .expect("a renderer of this size");
    println!("{}: microseconds a change, mean of {TIMES}", gpu.info.name);
    let labels: Vec<String> = (1..=9).map(|i| format!("Antwort Nummer {i}")).collect();
    let figures = ScaleLook::Figures { figures: Figures::Arousal, points: 9, mirrored: false };
    for (name, look) in [
        ("line", ScaleLook::Line),
        ("nine labelled points", ScaleLook::Points { labels }),
        ("figures", figures),
    ] {
        let scenes: Vec<Scene> =
            (0..TIMES).map(|i| scene(&look, f64::from(i) / f64::from(TIMES))).collect();
        let first = Instant::now();
        let mut prepared = renderer.prepare(&scenes[0], |_| None).expect("there is room");
        let first = first.elapsed().as_secs_f64() * 1e3;
        let begun = Instant::now();
        for s in &scenes {
            prepared = renderer.prepare(s, |_| None).expect("there is room");
        }
        let anew = micros(begun);
        gpu.queue.submit([]);
        let begun = Instant::now();
        let mut last = scenes.last().expect("there are scenes");
        for s in &scenes {
            assert!(prepared.adopt(last, s));
            last = s;
        }
        let over = micros(begun);
        println!(
            "{name:<22} prepared anew {anew:>6.1}   taken over {over:>5.2}   the very first {first:.2} ms"
        );
    }
}

fn micros(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
}

fn scene(look: &ScaleLook, marker: f64) -> Scene {
    let view = ScaleView {
        look: look.clone(),
        question: "Wie stark haben Sie sich bemüht?".into(),
        anchors: vec!["gar nicht".into(), "sehr stark".into()],
        width: Extent::Share(0.9),
        text_height: Extent::Share(0.04),
        color: Rgb::WHITE,
        marker: Marker::At(marker),
        confirmed: false,
        countdown: Some(Countdown { end: Nanos::from_secs(5.0), last: Nanos::from_secs(3.0) }),
    };
    let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
    let kind = ElementKind::Scale(view);
    let element = Element { id: "scale".into(), x, y, depth: 0, opacity: 1.0, kind };
    Scene { background: Rgb::GREY, elements: vec![element] }
}
