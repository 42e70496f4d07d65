//! The waiting with made drivers, and the way below wgpu with the driver that is installed.

use super::*;
use crate::presenter::feedback::xvfb::{server, window};
use crate::presenter::gpu::Gpu;
use crate::presenter::render::x11::X11Link;
use ash::vk;
use ash::vk::Handle as _;
use std::ffi::CString;
use std::time::Duration;

/// A driver that shows a picture so many milliseconds after it is asked, as the number of its swap chain says; `NEVER` comes
/// never, and other words are what it answers.
extern "system" fn driver(
    _: vk::Device,
    swap_chain: vk::SwapchainKHR,
    _: u64,
    longest_ns: u64,
) -> vk::Result {
    let result = match swap_chain.as_raw() {
        LOST => return vk::Result::ERROR_DEVICE_LOST,
        OUTDATED => return vk::Result::ERROR_OUT_OF_DATE_KHR,
        ms => Duration::from_millis(ms),
    };
    let longest = Duration::from_nanos(longest_ns);
    std::thread::sleep(result.min(longest));
    if result <= longest { vk::Result::SUCCESS } else { vk::Result::TIMEOUT }
}

const NEVER: u64 = 100_000;
const LOST: u64 = 100_001;
const OUTDATED: u64 = 100_002;

fn waits() -> Waits {
    let call = WaitCall::fake(driver);
    Waits::start(move |picture, longest| call.wait(picture, longest)).unwrap()
}

fn handed(number: u64) -> Handed {
    let now = monotonic_now();
    Handed { number, called: now, returned: now, flip: now }
}

fn hand_over(waits: &Waits, number: u64, driver: u64) -> Result<Handed, Gone> {
    let handed = handed(number);
    let swap_chain = vk::SwapchainKHR::from_raw(driver);
    let picture = Presented { number, swap_chain, taken: true };
    waits.shared.handed(&handed, Some(picture)).map(|()| handed)
}

/// What is reported until so many reports are there.
fn reports(waits: &Waits, many: usize) -> Vec<Report> {
    let mut all = Vec::new();
    for _ in 0..4000 {
        waits.source().take(&mut all);
        if all.len() >= many {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    all
}

fn basis(report: &Report) -> &'static str {
    match report.fate {
        Fate::Shown(seen) => seen.basis.name(),
        Fate::Discarded => "discarded",
    }
}

#[test]
fn a_picture_is_stamped_when_the_driver_comes_back() {
    let waits = waits();
    let first = hand_over(&waits, 1, 8).unwrap();
    hand_over(&waits, 2, 8).unwrap();
    let all = reports(&waits, 2);
    let numbers: Vec<_> = all.iter().map(|r| (r.number, basis(r))).collect();
    assert_eq!(numbers, [(1, "present-wait"), (2, "present-wait")]);
    let Fate::Shown(seen) = all[0].fate else { panic!("{all:?}") };
    let took = seen.onset - first.returned;
    assert!(took >= Nanos::from_millis(8) && seen.onset <= monotonic_now(), "{took}");
}

#[test]
fn what_was_there_before_anybody_waited_is_an_estimate() {
    let waits = waits();
    let handed = hand_over(&waits, 1, 0).unwrap();
    let all = reports(&waits, 1);
    assert_eq!(basis(&all[0]), "estimate");
    assert!(matches!(all[0].fate, Fate::Shown(seen) if seen.onset == handed.returned));
}

#[test]
fn what_does_not_come_for_a_second_nobody_could_see() {
    let waits = waits();
    hand_over(&waits, 1, NEVER).unwrap();
    hand_over(&waits, 2, OUTDATED).unwrap();
    let all = reports(&waits, 2);
    assert_eq!(all.iter().map(basis).collect::<Vec<_>>(), ["discarded", "discarded"]);
}

#[test]
fn a_picture_that_the_driver_did_not_take_is_not_waited_for() {
    let waits = waits();
    let swap_chain = vk::SwapchainKHR::from_raw(NEVER);
    let picture = Presented { number: 1, swap_chain, taken: false };
    waits.shared.handed(&handed(1), Some(picture)).unwrap();
    waits.shared.handed(&handed(2), Some(picture)).unwrap();
    waits.shared.handed(&handed(3), None).unwrap();
    let all = reports(&waits, 3);
    let bases: Vec<_> = all.iter().map(basis).collect();
    assert_eq!(bases, ["discarded", "estimate", "estimate"], "the others never passed");
}

#[test]
fn a_lost_device_is_said_at_the_next_picture() {
    let waits = waits();
    hand_over(&waits, 1, LOST).unwrap();
    let mut said = Ok(handed(1));
    for number in 2..1000 {
        said = hand_over(&waits, number, LOST);
        if said.is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(said, Err(Gone));
}

#[test]
fn a_swap_chain_is_let_go_at_once_and_what_it_held_is_estimated() {
    let waits = waits();
    hand_over(&waits, 1, NEVER).unwrap();
    hand_over(&waits, 2, NEVER).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    let before = monotonic_now();
    waits.halt();
    assert!(!waits.shared.state().busy && waits.shared.state().jobs.is_empty());
    let took = monotonic_now() - before;
    assert!(took < Nanos::from_millis(500), "{took}");
    let all = reports(&waits, 2);
    assert_eq!(all.iter().map(basis).collect::<Vec<_>>(), ["estimate", "estimate"]);
    hand_over(&waits, 3, 8).unwrap();
    assert_eq!(basis(&reports(&waits, 1)[0]), "present-wait", "the next one is waited for again");
    let mut source = waits.source();
    hand_over(&waits, 4, NEVER).unwrap();
    drop(waits);
    source.handed(&handed(5)).unwrap();
    let mut all = Vec::new();
    source.take(&mut all);
    assert_eq!(all.iter().map(basis).collect::<Vec<_>>(), ["estimate", "estimate"]);
}

const PICTURES: u64 = 12;

/// Presents a row of colours; gives the pixel that the server has at the end, and the reports where the device can be asked.
fn pictures(link: &X11Link, instance: &wgpu::Instance) -> (Vec<u8>, Option<Vec<Report>>) {
    let surface = link.surface(instance).unwrap();
    let adapter = Gpu::adapter(instance, Some(&surface)).unwrap();
    let asked = hook::is_hooked() && offers(&adapter);
    let (device, queue) = match asked {
        true => open(&adapter, &Gpu::wanted(&adapter)).expect("a device with the extensions"),
        false => pollster::block_on(adapter.request_device(&Gpu::wanted(&adapter))).unwrap(),
    };
    let mut config = surface.get_default_config(&adapter, 64, 64).unwrap();
    config.format = wgpu::TextureFormat::Bgra8Unorm;
    surface.configure(&device, &config);
    // Dropped before the surface.
    let waits = Waits::of(&device);
    assert_eq!(waits.is_some(), asked);
    let mut source = waits.as_ref().map(Waits::source);
    let mut reports = Vec::new();
    for number in 1..=PICTURES {
        let texture = match surface.get_current_texture() {
            wgpu::CurrentSurfaceTexture::Success(t) => t,
            wgpu::CurrentSurfaceTexture::Suboptimal(t) => t,
            other => panic!("{other:?}"),
        };
        let view = texture.texture.create_view(&Default::default());
        let mut encoder = device.create_command_encoder(&Default::default());
        let shade = number as f64 / PICTURES as f64;
        let color = wgpu::Color { r: shade, g: 0.25, b: 0.5, a: 1.0 };
        drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(color),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        }));
        queue.submit([encoder.finish()]);
        source.iter_mut().for_each(|s| s.ask(number));
        let called = monotonic_now();
        queue.present(texture);
        if let Some(s) = &mut source {
            let returned = monotonic_now();
            s.handed(&Handed { number, called, returned, flip: called }).unwrap();
        }
        // As a run does, one at a time.
        std::thread::sleep(Duration::from_millis(20));
        source.iter_mut().for_each(|s| s.take(&mut reports));
    }
    assert!(link.round_trip().is_ok());
    let pixel = link.pixel(32, 32).expect("it can be seen");
    drop(waits);
    source.iter_mut().for_each(|s| s.take(&mut reports));
    (pixel, asked.then_some(reports))
}

#[test]
fn pictures_pass_below_wgpu_as_they_are_and_are_counted() {
    let Some((_server, display)) = server() else { return };
    let (client, screen) = x11rb::connect(Some(&display)).unwrap();
    let window = window(&client, screen);
    let name = CString::new(display).unwrap();
    let link = X11Link::open_on(Some(&name), window).unwrap();
    let plain = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let (expected, none) = pictures(&link, &plain);
    assert_eq!((none, hook::seen()), (None, 0), "nothing is hooked");
    let below = hooked(&plain).expect("a Vulkan instance");
    assert!(hooked(&plain).is_some(), "the same driver again");
    let (pixel, reports) = pictures(&link, &below);
    assert_eq!((pixel, hook::seen()), (expected, PICTURES));
    drop(below);
    assert_eq!(hook::seen(), 0, "nothing is kept");
    let Some(reports) = reports else {
        eprintln!("!!! NOT TESTED: this Vulkan driver has no VK_KHR_present_wait");
        return;
    };
    println!("{reports:?}");
    let numbers: Vec<u64> = reports.iter().map(|r| r.number).collect();
    assert_eq!(numbers, (1..=PICTURES).collect::<Vec<_>>());
    assert!(reports.iter().all(|r| matches!(r.fate, Fate::Shown(_))), "{reports:?}");
}
