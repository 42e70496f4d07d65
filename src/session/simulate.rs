//! A whole run on the virtual clock: simulated display, scanner and participant, in a fraction of a second.

use super::conductor::Conductor;
use super::participant::Participant;
use super::stage::VirtualStage;
use crate::ground::clock::{Clock, VirtualClock};
use crate::ground::ports::JournalSink;
use crate::ground::record::{End, Place, Record, Start};
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::plan::schema::RunPlan;
use crate::protocol::schema::Simulate;
use crate::rig::geometry::Geometry;
use crate::rig::schema::{Rig, TriggerSource};
use crate::runner::Runner;
use crate::trigger::emulator::Emulator;
use std::sync::Arc;

/// Refresh rate of the simulated display where the rig expects none, in hertz.
const REFRESH: f64 = 60.0;

/// Runs a plan on a virtual clock and writes its journal.
pub fn simulate(
    plan: &Arc<RunPlan>,
    rig: &Rig,
    people: &Simulate,
    start: Start,
    journal: &mut dyn JournalSink,
) -> End {
    let clock = Arc::new(VirtualClock::new());
    let hz = rig.screen.refresh_hz.unwrap_or(REFRESH);
    let mut stage = VirtualStage::new(clock.clone(), hz);
    let geometry = Geometry::new(&rig.screen, 800, 600);
    let runner = Runner::new(plan.clone(), Nanos::period(hz), Some(geometry.lengths));
    let mapping = Mapping::new(rig, &[]);
    let mut conductor = Conductor::new(runner, clock.as_ref(), journal, mapping);
    conductor.participant = Some(Participant::new(people, &plan.who));
    if plan.who.place == Place::Scanner {
        let told = rig.trigger.sources.iter().find_map(|source| match source {
            TriggerSource::Emulate(tr) => Some(*tr),
            _ => None,
        });
        conductor.emulator = Some(Emulator::new(told.flatten(), &plan.volumes));
    }
    conductor.write(clock.now(), Record::Start(Box::new(start)));
    conductor.write(clock.now(), Record::Display(Box::new(stage.info(&geometry))));
    conductor.run(&mut stage)
}
