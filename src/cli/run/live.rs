//! temp
use super::*;
pub fn run(_args: &RunArgs, _p: Prepared) -> Result<Exit, Failure> {
    Err(Failure::device("x", "y"))
}
