//! Sound devices: which there are, and how one is opened. Alone, with the stream, in knowing cpal.

use super::NoSound;
use crate::rig::schema::SoundSetup;
use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, Device, Host, HostId, SampleFormat, StreamConfig};

/// A device that was found, and what is asked of it.
#[derive(Debug, Clone)]
pub struct Found {
    pub device: Device,
    /// What a sound server calls it; none where the system has no server.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub sink: Option<String>,
    pub name: String,
    pub host: String,
    pub config: StreamConfig,
    pub format: SampleFormat,
}

/// The sound systems of this computer, the one that other programs use first.
fn hosts() -> Vec<HostId> {
    let mut hosts = cpal::available_hosts();
    hosts.sort_by_key(|id| !is_server(*id));
    hosts
}

/// Opens a sound system.
pub fn host(id: HostId) -> Result<Host, cpal::Error> {
    let host = cpal::host_from_id(id);
    #[cfg(target_os = "linux")]
    if host.is_err() && is_server(id) && super::cookie::make() {
        return cpal::host_from_id(id);
    }
    host
}

/// Whether it is a server to which many programs are connected: PulseAudio, or PipeWire, which speaks as that does.
fn is_server(id: HostId) -> bool {
    format!("{id:?}").contains("Pulse")
}

/// What a sound system is called in the journal.
fn host_name(id: HostId) -> String {
    id.name().to_lowercase()
}

/// What a device is called.
fn name(device: &Device) -> String {
    device.description().map_or_else(|_| "unknown".into(), |d| d.name().to_string())
}

/// All devices that play sound: their sound systems and names.
pub fn list() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for id in hosts() {
        let Ok(host) = host(id) else { continue };
        let Ok(devices) = host.output_devices() else { continue };
        all.extend(devices.map(|d| (host_name(id), name(&d))));
    }
    all
}

/// Finds the device that a rig names, or the system's own.
///
/// # Errors
/// There is none, or it cannot do what the rig asks of it.
pub fn find(setup: &SoundSetup) -> Result<Found, NoSound> {
    let mut told = None;
    for id in hosts() {
        let host = match host(id) {
            Ok(host) => host,
            Err(e) => {
                told.get_or_insert(e.to_string());
                continue;
            }
        };
        let device = match &setup.device {
            None => host.default_output_device(),
            Some(wanted) => {
                let mut devices = host.output_devices().into_iter().flatten();
                devices.find(|d| name(d) == *wanted || is_called(d, wanted))
            }
        };
        let Some(device) = device else { continue };
        match configure(&device, id, setup) {
            Ok(found) => return Ok(found),
            Err(e) => drop(told.get_or_insert(e)),
        }
    }
    let why = told.map(|t| format!(" ({t})")).unwrap_or_default();
    Err(match &setup.device {
        Some(wanted) => NoSound {
            text: format!("there is no sound device \"{wanted}\"{why}"),
            remedy: "`reframe devices` lists those there are: correct `device` in [sound] of the rig, or plug it in".into(),
        },
        None => NoSound {
            text: format!("there is no sound device{why}"),
            remedy: "plug in loudspeakers or headphones and see that the system plays on them, or run with --no-sound".into(),
        },
    })
}

/// What the device of a rig is called, with its sound system.
///
/// # Errors
/// There is none, or it cannot do what the rig asks of it.
pub fn name_of(setup: &SoundSetup) -> Result<String, NoSound> {
    find(setup).map(|found| format!("\"{}\" ({})", found.name, found.host))
}

/// Whether a system's own name for a device is this.
fn is_called(device: &Device, wanted: &str) -> bool {
    let id = device.id().map(|id| id.to_string()).unwrap_or_default();
    id == wanted || own_id(&id) == wanted
}

/// What a system calls a device, without its own name before it.
fn own_id(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, own)| own)
}

fn configure(device: &Device, id: HostId, setup: &SoundSetup) -> Result<Found, String> {
    let own = device.default_output_config().map_err(|e| e.to_string())?;
    let config = StreamConfig {
        channels: own.channels(),
        sample_rate: setup.rate.unwrap_or(own.sample_rate()),
        buffer_size: BufferSize::Fixed(setup.buffer),
    };
    // Sound servers take samples as they are mixed here.
    let takes = |format| {
        let mut configs = device.supported_output_configs().into_iter().flatten();
        configs.any(|c| c.channels() == config.channels && c.sample_format() == format)
    };
    let format = if takes(SampleFormat::F32) { SampleFormat::F32 } else { own.sample_format() };
    let sink = device.id().ok().filter(|_| is_server(id)).map(|id| own_id(&id.to_string()).into());
    let (name, host, device) = (name(device), host_name(id), device.clone());
    Ok(Found { name, host, device, sink, config, format })
}
