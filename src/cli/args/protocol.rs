//! What can be said to `reframe protocol`.

use super::PictureArgs;
use crate::ground::document::suggest::nearest;
use crate::protocol::events::Role;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct ProtocolArgs {
    #[command(subcommand)]
    pub command: ProtocolCommand,
}

#[derive(Clone, Debug, Subcommand)]
pub enum ProtocolCommand {
    /// Make a protocol that runs the timeline of a BIDS events file again.
    FromEvents(FromEventsArgs),
}

#[derive(Clone, Debug, Args)]
pub struct FromEventsArgs {
    /// The events file, with tabs between its columns
    #[arg(value_name = "EVENTS.tsv")]
    pub events: PathBuf,
    /// Take a role from another column: onset, duration, trial_type or picture, as in trial_type=condition
    #[arg(long, value_name = "ROLE=COLUMN", value_parser = role)]
    pub map: Vec<(Role, String)>,
    /// Repetition time in seconds: runs at the scanner then wait for its first pulse
    #[arg(long, value_name = "SECONDS", value_parser = tr)]
    pub tr: Option<f64>,
    #[command(flatten)]
    pub pictures: PictureArgs,
    /// The protocol, a new TOML file [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

fn role(text: &str) -> Result<(Role, String), String> {
    let names: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
    let expected = format!("expected ROLE=COLUMN with a role of {}", names.join(", "));
    let Some((name, column)) = text.split_once('=') else { return Err(expected) };
    if column.trim().is_empty() {
        return Err("the column is missing behind \"=\"".into());
    }
    let role = Role::ALL.into_iter().find(|r| r.name() == name);
    let role = role.ok_or_else(|| match nearest(name, names.iter().copied()) {
        Some(near) => format!("\"{name}\" is no role; did you mean \"{near}\"?"),
        None => format!("\"{name}\" is no role; {expected}"),
    })?;
    Ok((role, column.trim().to_string()))
}

fn tr(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|s| (0.1..=30.0).contains(s));
    seconds.ok_or_else(|| "expected seconds from 0.1 to 30, as in 2.0".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_and_slips_are_named() {
        assert_eq!(role("trial_type=my column"), Ok((Role::TrialType, "my column".into())));
        assert!(role("trial-type=x").unwrap_err().contains("\"trial_type\""));
        assert!(role("onset").is_err() && role("onset=").is_err());
        assert_eq!(tr("2"), Ok(2.0));
        assert!(tr("0").is_err() && tr("nan").is_err());
    }
}
