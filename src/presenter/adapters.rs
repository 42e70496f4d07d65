//! The graphics cards of this PC, as their drivers tell of themselves, for whoever looks at the PC without drawing.

/// A graphics card, or a driver that draws with the processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    pub name: String,
    pub driver: String,
    /// The processor draws.
    pub software: bool,
}

/// All that there are.
pub fn adapters() -> Vec<Adapter> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    let mut all = Vec::new();
    for info in found.iter().map(wgpu::Adapter::get_info) {
        let driver = [info.driver.as_str(), info.driver_info.as_str()].join(" ").trim().to_string();
        let software = info.device_type == wgpu::DeviceType::Cpu;
        let one = Adapter { name: info.name, driver, software };
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}
