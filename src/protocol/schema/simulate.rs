//! What simulated people do.

use indexmap::IndexMap;

/// What a simulated participant does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Simulate {
    pub rating: SimRating,
    /// Ratings on single scales, by name; the others follow `rating`.
    pub scales: IndexMap<String, SimRating>,
    pub response: SimResponse,
}

/// Simulated ratings: value = mean of the condition + visit * `per_visit` + normal deviations of person,
/// person by condition, person by visit, and trial. All in units of the scale.
#[derive(Clone, Debug, PartialEq)]
pub struct SimRating {
    /// The variable whose value chooses the mean.
    pub by: Option<String>,
    pub mean: IndexMap<String, f64>,
    /// Mean where `by` is absent or its value has none.
    pub default: f64,
    pub per_visit: f64,
    pub person_sd: f64,
    pub condition_sd: f64,
    pub visit_sd: f64,
    pub trial_sd: f64,
    /// Share of ratings in which nothing is pressed.
    pub miss: f64,
    /// Share of ratings that are confirmed.
    pub confirm: f64,
    /// Median time to the first press, in seconds.
    pub latency: f64,
}

/// Simulated button answers: right with probability `accuracy`, after a log-normal time.
#[derive(Clone, Debug, PartialEq)]
pub struct SimResponse {
    pub by: Option<String>,
    pub accuracy: IndexMap<String, f64>,
    pub default: f64,
    /// Median reaction time in seconds.
    pub rt: f64,
    /// Standard deviation of the logarithm of the reaction time.
    pub rt_spread: f64,
    /// Seconds added at each later visit.
    pub per_visit: f64,
    pub miss: f64,
    /// Share of answers that come before the picture can have been seen.
    pub anticipation: f64,
}

impl Default for SimRating {
    fn default() -> Self {
        SimRating {
            by: None,
            mean: IndexMap::new(),
            default: 0.0,
            per_visit: 2.16,
            person_sd: 8.0,
            condition_sd: 3.0,
            visit_sd: 4.5,
            trial_sd: 5.0,
            miss: 0.03,
            confirm: 0.8,
            latency: 0.8,
        }
    }
}

impl Default for SimResponse {
    fn default() -> Self {
        SimResponse {
            by: None,
            accuracy: IndexMap::new(),
            default: 0.92,
            rt: 0.65,
            rt_spread: 0.25,
            per_visit: 0.03,
            miss: 0.03,
            anticipation: 0.005,
        }
    }
}
