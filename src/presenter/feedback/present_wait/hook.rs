//! Below wgpu, which keeps the call that hands pictures over to itself: a Vulkan instance whose `vkQueuePresentKHR` passes
//! through here and gets a number for its picture, and a device that can be asked for that number. All that could harm a
//! driver stands in this file, and none of it is used where a driver lacks the two extensions. Unverified on hardware.
#![allow(unsafe_code)]

use crate::ground::time::Nanos;
use ash::{khr, vk};
use std::ffi::{CStr, c_char};
use std::sync::{Mutex, MutexGuard, PoisonError};

type Vulkan = wgpu::hal::api::Vulkan;

/// What was put aside for the calls here, while an instance is hooked.
static BELOW: Mutex<Option<Below>> = Mutex::new(None);

struct Below {
    /// Hooked instances that live.
    instances: usize,
    find: vk::PFN_vkGetDeviceProcAddr,
    present: Option<vk::PFN_vkQueuePresentKHR>,
    /// The number of the picture that is presented next; 0 where it gets none.
    next: u64,
    last: Option<Presented>,
    seen: u64,
}

/// A picture that was presented under a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented {
    pub number: u64,
    pub swap_chain: vk::SwapchainKHR,
    /// Whether the driver took it.
    pub taken: bool,
}

/// What became of a wait for a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    Shown,
    NotYet,
    /// Its swap chain shows no more.
    Never,
    /// The device is lost.
    Lost,
}

fn below() -> MutexGuard<'static, Option<Below>> {
    BELOW.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The next picture is presented under this number. Numbers rise as long as a swap chain lives.
pub fn name_next(number: u64) {
    if let Some(b) = below().as_mut() {
        b.next = number;
    }
}

/// The last picture that was presented under a number.
pub fn presented() -> Option<Presented> {
    below().as_ref().and_then(|b| b.last)
}

/// How many pictures have passed through here.
#[cfg(test)]
pub fn seen() -> u64 {
    below().as_ref().map_or(0, |b| b.seen)
}

/// Whether anything is hooked.
#[cfg(test)]
pub fn is_hooked() -> bool {
    below().is_some()
}

/// Whether the adapter's driver has both extensions, and their features.
pub fn offers(adapter: &wgpu::Adapter) -> bool {
    // SAFETY: nothing of wgpu's is changed or destroyed through it.
    let Some(hal) = (unsafe { adapter.as_hal::<Vulkan>() }) else { return false };
    let (instance, card) = (hal.shared_instance(), hal.physical_device_capabilities());
    let new_enough = instance.instance_api_version() >= vk::API_VERSION_1_1
        && card.properties().api_version >= vk::API_VERSION_1_1;
    let has = |name| card.supports_extension(name);
    if !new_enough || !has(khr::present_id::NAME) || !has(khr::present_wait::NAME) {
        return false;
    }
    let mut id = vk::PhysicalDevicePresentIdFeaturesKHR::default();
    let mut wait = vk::PhysicalDevicePresentWaitFeaturesKHR::default();
    let mut all = vk::PhysicalDeviceFeatures2::default().push_next(&mut id).push_next(&mut wait);
    // SAFETY: the card is the instance's own, both are of Vulkan 1.1, and it has the extensions of the chained structs.
    unsafe {
        instance.raw_instance().get_physical_device_features2(hal.raw_physical_device(), &mut all);
    }
    id.present_id == vk::TRUE && wait.present_wait == vk::TRUE
}

/// The same Vulkan instance, whose devices present through here. None where it is not Vulkan, or another driver is hooked.
pub fn hooked(plain: &wgpu::Instance) -> Option<wgpu::Instance> {
    // SAFETY: nothing of wgpu's is changed or destroyed through it.
    let hal = unsafe { plain.as_hal::<Vulkan>() }?;
    let shared = hal.shared_instance();
    let (entry, raw) = (shared.entry(), shared.raw_instance());
    // SAFETY: asks for a list.
    let layers = unsafe { entry.enumerate_instance_layer_properties() }.ok()?;
    let optimus = layers.iter().any(|l| l.layer_name_as_c_str() == Ok(c"VK_LAYER_NV_optimus"));
    keep(raw.fp_v1_0().get_device_proc_addr)?;
    let calls = ash::InstanceFnV1_0 { get_device_proc_addr: find_call, ..raw.fp_v1_0().clone() };
    let (v1_1, v1_3) = (raw.fp_v1_1().clone(), raw.fp_v1_3().clone());
    let patched = ash::Instance::from_parts_1_3(raw.handle(), calls, v1_1, v1_3);
    let kept = plain.clone();
    let gone = Box::new(move || {
        drop(kept);
        let_go();
    });
    // SAFETY: the instance was made by wgpu from this entry with this version and these extensions, and lives until `gone`
    // is called, since that keeps it. Its calls are its own, but for one that finds others.
    let hal = unsafe {
        wgpu::hal::vulkan::Instance::from_raw(
            entry.clone(),
            patched,
            shared.instance_api_version(),
            0,
            None,
            shared.extensions().to_vec(),
            wgpu::InstanceFlags::empty(),
            wgpu::MemoryBudgetThresholds::default(),
            optimus,
            Some(gone),
        )
    };
    // SAFETY: it was made just now, and is used by nobody else.
    hal.ok().map(|hal| unsafe { wgpu::Instance::from_hal::<Vulkan>(hal) })
}

/// A device of an adapter that `offers` the extensions, opened with them.
pub fn open(
    adapter: &wgpu::Adapter,
    wanted: &wgpu::DeviceDescriptor<'_>,
) -> Option<(wgpu::Device, wgpu::Queue)> {
    // SAFETY: nothing of wgpu's is changed or destroyed through it.
    let hal = unsafe { adapter.as_hal::<Vulkan>() }?;
    let mut id = vk::PhysicalDevicePresentIdFeaturesKHR::default().present_id(true);
    let mut wait = vk::PhysicalDevicePresentWaitFeaturesKHR::default().present_wait(true);
    let add: Box<wgpu::hal::vulkan::CreateDeviceCallback<'_>> = Box::new(|with| {
        with.extensions.extend([khr::present_id::NAME, khr::present_wait::NAME]);
        let info = std::mem::take(with.create_info);
        *with.create_info = info.push_next(&mut id).push_next(&mut wait);
    });
    let (features, limits) = (wanted.required_features, &wanted.required_limits);
    // SAFETY: what is added was asked for in `offers`, and nothing is taken away.
    let opened =
        unsafe { hal.open_with_callback(features, limits, &wanted.memory_hints, Some(add)) };
    // SAFETY: the device is this adapter's, opened for what is wanted.
    unsafe { adapter.create_device_from_hal(opened.ok()?, wanted) }.ok()
}

/// Waits for pictures of one device.
#[derive(Clone, Copy)]
pub struct WaitCall {
    device: vk::Device,
    call: vk::PFN_vkWaitForPresentKHR,
}

impl WaitCall {
    /// None where the device was opened without the extensions.
    pub fn of(device: &wgpu::Device) -> Option<WaitCall> {
        // SAFETY: nothing of wgpu's is changed or destroyed through it.
        let hal = unsafe { device.as_hal::<Vulkan>() }?;
        if !hal.enabled_device_extensions().contains(&khr::present_wait::NAME) {
            return None;
        }
        let raw = hal.shared_instance().raw_instance();
        let call = khr::present_wait::Device::new(raw, hal.raw_device()).fp().wait_for_present_khr;
        Some(WaitCall { device: hal.raw_device().handle(), call })
    }

    #[cfg(test)]
    pub fn fake(call: vk::PFN_vkWaitForPresentKHR) -> WaitCall {
        WaitCall { device: vk::Device::null(), call }
    }

    /// Waits until a picture is on the screen, so long at the most. Device and swap chain must be alive until it returns.
    pub fn wait(&self, picture: &Presented, longest: Nanos) -> Waited {
        let longest = u64::try_from(longest.0).unwrap_or(0);
        // SAFETY: the window's screen owns the waiting thread: it halts it before it configures the swap chain anew, and
        // ends it before swap chain and device go. But for that, a swap chain may be used by other threads meanwhile.
        match unsafe { (self.call)(self.device, picture.swap_chain, picture.number, longest) } {
            vk::Result::SUCCESS | vk::Result::SUBOPTIMAL_KHR => Waited::Shown,
            vk::Result::TIMEOUT => Waited::NotYet,
            vk::Result::ERROR_DEVICE_LOST => Waited::Lost,
            _ => Waited::Never,
        }
    }
}

/// Another hooked instance; none where one of another driver is hooked.
fn keep(find: vk::PFN_vkGetDeviceProcAddr) -> Option<()> {
    let mut below = below();
    let known = below.get_or_insert(Below {
        instances: 0,
        find,
        present: None,
        next: 0,
        last: None,
        seen: 0,
    });
    (known.find as usize == find as usize).then(|| known.instances += 1)
}

fn let_go() {
    let mut below = below();
    if let Some(known) = below.as_mut() {
        known.instances -= 1;
        if known.instances == 0 {
            *below = None;
        }
    }
}

/// Stands for `vkGetDeviceProcAddr` of a hooked instance.
unsafe extern "system" fn find_call(
    device: vk::Device,
    name: *const c_char,
) -> vk::PFN_vkVoidFunction {
    let real = below().as_ref()?.find;
    // SAFETY: what the caller gave is passed on.
    let found = unsafe { real(device, name) }?;
    // SAFETY: Vulkan's names are C strings.
    if unsafe { CStr::from_ptr(name) } != c"vkQueuePresentKHR" {
        return Some(found);
    }
    // SAFETY: the function of that name is of this type.
    let found_present = unsafe {
        std::mem::transmute::<unsafe extern "system" fn(), vk::PFN_vkQueuePresentKHR>(found)
    };
    let mut below = below();
    let known = below.as_mut()?.present.get_or_insert(found_present);
    if *known as usize != found as usize {
        // Another driver's: it presents as if nothing were here.
        return Some(found);
    }
    // SAFETY: the caller casts it back to what its name means.
    Some(unsafe {
        std::mem::transmute::<vk::PFN_vkQueuePresentKHR, unsafe extern "system" fn()>(present_call)
    })
}

/// Stands for `vkQueuePresentKHR` of a device of a hooked instance.
unsafe extern "system" fn present_call(
    queue: vk::Queue,
    info: *const vk::PresentInfoKHR<'_>,
) -> vk::Result {
    let (real, number) = match below().as_mut() {
        Some(Below { present: Some(real), next, seen, .. }) => {
            *seen += 1;
            (*real, std::mem::take(next))
        }
        // It was found through the hook, which is kept as long as the instance.
        _ => return vk::Result::ERROR_DEVICE_LOST,
    };
    // SAFETY: Vulkan's callers give a valid struct.
    let given = unsafe { &*info };
    if number == 0 || given.swapchain_count != 1 {
        // SAFETY: what the caller gave is passed on.
        return unsafe { real(queue, info) };
    }
    let numbers = [number];
    let mut named = vk::PresentIdKHR::default().present_ids(&numbers);
    named.p_next = given.p_next;
    let with = vk::PresentInfoKHR { p_next: (&raw const named).cast(), ..*given };
    // SAFETY: what the caller gave is passed on with one struct more, of an extension that the device was opened with,
    // since only its waits name pictures; it lives until the call returns.
    let result = unsafe { real(queue, &with) };
    let taken = matches!(result, vk::Result::SUCCESS | vk::Result::SUBOPTIMAL_KHR);
    // SAFETY: there is one swap chain, as was looked at above.
    let swap_chain = unsafe { *given.p_swapchains };
    if let Some(b) = below().as_mut() {
        b.last = Some(Presented { number, swap_chain, taken });
    }
    result
}
