//! DXGI frame statistics: Windows tells on which refresh the last picture of a swap chain came, and when a refresh was.
//! wgpu draws with Direct3D 12 there, and its own swap chain is asked. (That one also waits, through its waitable object,
//! until a picture can be taken; nothing is left to do for that here.) Unverified on hardware: what it makes of readings is
//! tested with made ones, and no real machine has given any yet.
#![allow(unsafe_code)]

use super::frame_statistics::{FrameStatistics, Reading};
use super::{Feedback, Gone, Handed, Report, Word};
use crate::ground::clock::monotonic_from_performance_counter;
use crate::ground::record::Basis;
use windows::Win32::Graphics::Dxgi::{DXGI_FRAME_STATISTICS, IDXGISwapChain3};

/// Reads the statistics of a swap chain.
#[derive(Debug)]
pub struct DxgiStatistics {
    /// None once it was let go.
    chain: Option<SwapChain>,
    statistics: FrameStatistics,
}

#[derive(Debug)]
struct SwapChain(IDXGISwapChain3);

// SAFETY: DXGI's objects may be used from any thread, one at a time; this one is never shared, and is used by whoever
// owns it alone.
unsafe impl Send for SwapChain {}

impl DxgiStatistics {
    /// None where something else than Direct3D 12 draws on the surface.
    pub fn open(surface: &wgpu::Surface<'_>) -> Option<DxgiStatistics> {
        // SAFETY: nothing of wgpu's is changed or destroyed through it.
        let surface = unsafe { surface.as_hal::<wgpu::hal::api::Dx12>() }?;
        let chain = Some(SwapChain(surface.swap_chain()?));
        Some(DxgiStatistics { chain, statistics: FrameStatistics::default() })
    }
}

impl Feedback for DxgiStatistics {
    fn basis(&self) -> Basis {
        Basis::DxgiStatistics
    }

    fn handed(&mut self, handed: &Handed) -> Result<(), Gone> {
        // SAFETY: the swap chain is alive as long as it is held, and the picture was presented on this thread.
        let present = self.chain.as_ref().and_then(|c| unsafe { c.0.GetLastPresentCount() }.ok());
        self.statistics.handed(handed, present);
        Ok(())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        if let Some(SwapChain(chain)) = self.chain.as_ref().filter(|_| self.statistics.is_waiting())
        {
            let mut told = DXGI_FRAME_STATISTICS::default();
            // SAFETY: `told` is valid and writable for the call.
            match unsafe { chain.GetFrameStatistics(&mut told) } {
                // Zeros where nothing was shown yet.
                Ok(()) if told.SyncQPCTime > 0 => {
                    let sync = monotonic_from_performance_counter(told.SyncQPCTime);
                    let reading = sync.map(|sync| Reading {
                        present: told.PresentCount,
                        refresh: told.PresentRefreshCount,
                        sync_refresh: told.SyncRefreshCount,
                        sync,
                    });
                    reading.iter().for_each(|r| self.statistics.read(r));
                }
                Ok(()) => {}
                // The statistics are broken off (DXGI_ERROR_FRAME_STATISTICS_DISJOINT), or there are none. A device that
                // is lost is found by whoever hands over the next picture.
                Err(_) => self.statistics.disjoint(),
            }
        }
        self.statistics.take(reports);
    }

    fn restart(&mut self) {
        self.statistics.restart();
    }

    fn release(&mut self) {
        self.statistics.restart();
        // Windows allows one swap chain on a window, and this holds on to it.
        self.chain = None;
    }

    fn word(&self) -> Word {
        Word { period: self.statistics.period(), composited: None }
    }
}
