//! Keys of the tables that say what the task is, in which languages, who gets what and what is varied.

use super::k;
use crate::ground::document::keys::Section;

pub const TASK: Section = Section {
    head: "`[task]`",
    about: "The task as a whole.",
    keys: &[
        k("name", "letters and digits", "required", "the task in BIDS file names", "name = \"reappraisal\""),
        k("title", "text", "the name", "the task for people", "title = \"Attend and regulate\""),
        k("description", "text", "empty", "what the task is, for the BIDS field `TaskDescription`", "description = \"Pictures in blocks, then a rating\""),
        k("instructions", "text", "empty", "what participants are told, for the BIDS field `Instructions`; `{words}` and variables of `[allocate]` may be used", "instructions = \"Look at each picture\""),
        k("language", "language tag", "`en`", "the language of what is written in the protocol itself, and of runs that ask for no other", "language = \"de\""),
        k("status", "text", "`proposal`", "`proposal`, or the publication whose values the file holds", "status = \"proposal\""),
        k("tr", "seconds, 0.1 to 30", "none", "repetition time, for a task that is made for the scanner", "tr = 2.0"),
        k("volumes", "whole number", "none", "stored volumes of a whole run; needs `tr`", "volumes = 250"),
        k("stimuli", "path in the stimuli folder, or list of paths", "none", "the stimulus table, or several that are read as one; needed where pictures are drawn", "stimuli = \"scenes.tsv\""),
        k("background", "colour", "`grey`", "colour of the screen", "background = \"#808080\""),
        k("color", "colour", "`black`", "colour of text, fixation and scales", "color = \"black\""),
        k("on_restart", "`continue`, `repeat` or `spare`", "`continue`", "what a run does that was interrupted and is started again with `--resume`: `continue` shows what is left, beginning with the trial or block that was interrupted; `repeat` shows all of it again; `spare` all of it, with pictures that were not seen yet in the place of those that were, as long as the stimulus table has some", "on_restart = \"repeat\""),
        k("cog_atlas_id", "web address", "none", "the task in the Cognitive Atlas", "cog_atlas_id = \"https://www.cognitiveatlas.org/task/id/ID\""),
        k("cog_po_id", "web address", "none", "the task in CogPO", "cog_po_id = \"http://www.cogpo.org/ontologies/ID\""),
    ],
};

pub const WORDS: Section = Section {
    head: "`[words.NAME]`",
    about: "A text in each language of the task. The keys are language tags (`en`, `de`, `pt-BR`), the values texts; every \
            word has the same languages, that of the task among them. `{NAME}` stands for the text in the language of the \
            run, which `--lang` chooses. A text may hold `{variables}` of `[allocate]`, factors and blocks, but no other \
            word; one that stands in a value of `[allocate]` holds none.",
    keys: &[],
};

pub const ALLOCATE: Section = Section {
    head: "`[allocate.VARIABLE]`",
    about: "A variable whose value follows from the person's allocation index (0, 1, 2 ...), the visit (0, 1 ...) and the \
            number of the run (1, 2 ...): value number (allocation / `every` + visit x `per_visit` + (run - 1) x `per_run`), \
            counted round and round. Two lists that go on with each person are \
            tied to one another: give the one `every = 1` and the other `every` as many as the first has values. Orders by \
            Latin square and Williams design go on with each person too.",
    keys: &[
        k("values", "list of texts", "required", "the values, in their order; a value may be a `{word}`", "values = [\"A\", \"B\"]"),
        k("every", "whole number", "1", "so many people in a row have the same value", "every = 2"),
        k("per_visit", "whole number", "0", "steps from one visit to the next", "per_visit = 1"),
        k("per_run", "whole number", "0", "steps from one run to the next; runs are numbered by `--run`", "per_run = 1"),
    ],
};

pub const FACTOR: Section = Section {
    head: "`[factor.NAME.LEVEL]`",
    about: "What is varied. Each level is a table with variables of your own choice, the same in every level; the factor's \
            name is a variable too, whose value is the level. A value may hold `{variables}` of `[allocate]` and `{words}`.",
    keys: &[],
};

pub const PICTURES: Section = Section {
    head: "`[pictures.NAME]`",
    about: "Pictures drawn at random from the rows of the stimulus table, none twice in a run unless `reuse` says so. \
            Practice needs sources of its own: no picture of it may belong to the run as well.",
    keys: &[
        k("where", "table of column = value, or list of values", "any row", "what the columns of a row must hold, of a list one of them; `{variables}` may be used, and `{NAME.column}` of a picture that an element before it draws in the same phase. `*` accepts anything, `!= value` anything else, and `< 4`, `<= 4`, `> 4`, `>= 4` compare numbers", "where = { valence = \"{valence}\", arousal = \"< 5.5\" }"),
        k("reuse", "true or false", "false", "a deck: when all matching rows have been shown they come again in a new order, which never begins with the picture shown last (a single one is shown each time)", "reuse = true"),
    ],
};
