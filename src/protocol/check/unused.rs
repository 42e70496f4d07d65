//! Things that nothing refers to: most often a slip.

use super::Checked;
use super::walk::Used;

impl Checked<'_> {
    /// Warns of things that no run uses: most often a slip, or left over from another task.
    pub(super) fn unused(&self, used: &Used<'_>) {
        let p = self.protocol;
        let remedy = "name it where it is needed, or remove it";
        let groups: [(&str, Vec<&String>, &Vec<&str>); 8] = [
            ("phase", p.phases.keys().collect(), &used.parts),
            ("block", p.blocks.keys().collect(), &used.parts),
            ("scale", p.scales.keys().collect(), &used.scales),
            ("pictures", p.pictures.keys().collect(), &used.pictures),
            ("factor", p.factors.keys().collect(), &used.factors),
            ("column", p.columns.keys().collect(), &used.columns),
            ("allocate", p.allocate.keys().collect(), &used.variables),
            ("words", p.words.keys().collect(), &used.variables),
        ];
        for (group, names, used) in groups {
            for name in names.into_iter().filter(|n| !used.contains(&n.as_str())) {
                let message = format!("[{group}.{name}] is never used");
                self.warning(&[group, name], message, "nothing refers to it", remedy);
            }
        }
        for name in p.trial_types.keys() {
            if !used.open_types && !used.trial_types.contains(name) {
                let message = format!("[trial_type.{name}] is never used");
                let expected = "no phase has this trial_type";
                self.warning(&["trial_type", name], message, expected, remedy);
            }
        }
        for name in p.sounds.keys().filter(|n| !used.open_sounds && !used.sounds.contains(*n)) {
            let message = format!("[sound.{name}] is never played");
            self.warning(&["sound", name], message, "no phase plays it", remedy);
        }
        let silent = used.sounds.is_empty() && !used.open_sounds;
        for (name, _) in p.scales.iter().filter(|(_, s)| silent && s.volume) {
            let message = format!("\"volume\" of scale \"{name}\" has no effect");
            let remedy = "let a phase play a sound, or leave the line out";
            self.warning(&["scale", name, "volume"], message, "no phase plays a sound", remedy);
        }
        for (factor, levels) in &p.factors {
            let Some((level, variables)) = levels.first() else { continue };
            for name in variables.keys().filter(|n| !used.variables.contains(&n.as_str())) {
                let message = format!("variable \"{name}\" of factor \"{factor}\" is never used");
                let path = ["factor", factor, level, name];
                self.warning(&path, message, "no {name} refers to it", remedy);
            }
        }
    }
}
