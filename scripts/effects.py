"""The statistics of a study, from its BIDS files alone: nothing of the program that wrote them is used or trusted.

It reads events files with pandas and tests with scipy. Visits come in the order of their session labels. A person who
lacks one half of a difference is left out of it, and the table says how many were in.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import pandas as pd
from scipy import stats

RATED = ("attend_neutral", "attend_negative", "regulate_negative")
EXPRESSIONS = ("fearful", "angry", "happy", "sad", "neutral")


def stop(text):
    print(f"error: {text}", file=sys.stderr)
    sys.exit(2)


def entities(path):
    """The parts of a BIDS file name, as in sub-01_ses-A_task-x."""
    return dict(part.split("-", 1) for part in path.name.split("_") if "-" in part)


def natural(label):
    """Sorts visit 2 before visit 10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", label)]


def read(dataset):
    """All rows of all runs, with the person, the visit and the task of each; and the runs that were not complete."""
    rows, incomplete = [], []
    paths = sorted(p for kind in ("func", "beh") for p in dataset.glob(f"sub-*/**/{kind}/*_events.tsv"))
    for path in paths:
        table = pd.read_csv(path, sep="\t", na_values="n/a", keep_default_na=False)
        name = entities(path)
        sidecar = path.with_suffix(".json")
        about = json.loads(sidecar.read_text()) if sidecar.exists() else {}
        if about.get("StimulusPresentation", {}).get("Run", {}).get("Complete") is False:
            incomplete.append(path.name)
        rows.append(table.assign(person=name["sub"], visit=name.get("ses", "only"), task=name["task"], run=path.name))
    if not rows:
        stop(f"there are no events files in {dataset}; name the folder of a BIDS dataset")
    return pd.concat(rows, ignore_index=True), incomplete


class Effects:
    """Paired differences by name, gathered so that expectations can be held against them."""

    def __init__(self):
        self.all = {}
        self.task = ""

    def add(self, name, what, later, earlier, digits=2):
        """One value a person on each side; a person without both is left out."""
        both = pd.concat([later.rename("a"), earlier.rename("b")], axis=1).dropna()
        if len(both) < 2:
            return
        # Of two tasks with a difference of one name, the second's bears its task.
        name = f"{self.task}.{name}" if name in self.all else name
        difference = both["a"] - both["b"]
        test = stats.ttest_rel(both["a"], both["b"])
        interval = test.confidence_interval(0.95)
        self.all[name] = (what, len(both), difference.mean(), difference.std(ddof=1), test, interval, digits)

    def print(self, names, expected):
        names = [n for n in names if n in self.all]
        if not names:
            return
        wide = max(len(self.all[n][0]) for n in names)
        print(f"\n  {'difference within people':<26}{'':<{wide}}{'n':>5}{'mean':>9}{'SD':>8}   {'t':>15}{'p':>9}   95 % interval")
        for name in names:
            what, n, mean, sd, test, (low, high), k = self.all[name]
            p = "< 0.001" if test.pvalue < 0.001 else f"{test.pvalue:.3f}"
            t = f"t({test.df:.0f}) = {test.statistic:.2f}"
            if sd == 0:
                t, p = "all the same", "-"
            line = f"  {name:<26}{what:<{wide}}{n:>5}{mean:>9.{k}f}{sd:>8.{k}f}   {t:>15}{p:>9}   {low:.{k}f} to {high:.{k}f}"
            if name in expected:
                inside = low <= expected[name] <= high
                line += f"   expected {expected[name]:g}: {'inside' if inside else 'OUTSIDE'}"
            print(line)

    def judge(self, expected):
        """The expectations that are not met, each with its reason."""
        bad = []
        for name, value in expected.items():
            if name not in self.all:
                stop(f"--expect {name}: the data hold no such difference; there are: {', '.join(self.all) or 'none'}")
            low, high = self.all[name][5]
            if not low <= value <= high:
                bad.append(f"{name}: {value:g} is not between {low:.4g} and {high:.4g}")
        return bad


def spread(values, digits):
    """Mean and standard deviation over people."""
    return f"{values.mean():.{digits}f} ({values.std(ddof=1):.{digits}f})"


def by_visit(title, cells, visits, digits, note="mean of people (SD)"):
    """A table of one line a condition and one column a visit; cells are indexed by person, visit and condition."""
    wide = max([len(title)] + [len(str(c)) for c in cells.index.unique("condition")]) + 2
    print(f"\n  {title:<{wide}}" + "".join(f"{'visit ' + str(v):>20}" for v in visits) + f"   {note}")
    for condition in cells.index.unique("condition"):
        line = f"  {condition:<{wide}}"
        for visit in visits:
            found = cells[(cells.index.get_level_values("condition") == condition)
                          & (cells.index.get_level_values("visit") == visit)]
            line += f"{spread(found, digits) if len(found) else '-':>20}"
        print(line)


def ratings(rows, column, scale, visits, effects):
    """Ratings of pictures and blocks, in whichever form they were taken."""
    rated = rows[pd.to_numeric(rows[column], errors="coerce").notna()].copy()
    # Rated after a block the row is of the rating, and a column names its condition; rated while a picture is shown
    # the row is the picture's own.
    rated["condition"] = rated["trial_type"].where(rated["trial_type"].isin(RATED), rated.get("condition"))
    rated = rated[rated["condition"].isin(RATED)]
    if "rating_scale" in rated:
        names = sorted(rated["rating_scale"].dropna().unique())
        if scale is not None:
            rated = rated[rated["rating_scale"] == scale]
        elif len(names) > 1:
            stop(f"there are ratings on several scales ({', '.join(names)}): choose one with --scale NAME")
    if rated.empty:
        return
    rated[column] = pd.to_numeric(rated[column])
    means = rated.groupby(["person", "visit", "condition"])[column].mean()
    order = [c for c in RATED if c in means.index.unique("condition")]
    means = means.reindex(order, level="condition")
    by_visit(f"{column} by condition", means, visits, 2)
    wide = means.unstack("condition")
    if {"attend_negative", "regulate_negative"} <= set(wide):
        # Each visit weighs the same, and who lacks one of them is left out.
        both = wide[["attend_negative", "regulate_negative"]].unstack("visit").dropna()
        both = both.T.groupby(level="condition").mean().T
        effects.add("instruction", "regulate_negative - attend_negative, all visits",
                    both["regulate_negative"], both["attend_negative"])
    if len(visits) > 1:
        whole = wide.dropna().mean(axis=1).unstack("visit")
        effects.add("visit", f"visit {visits[1]} - visit {visits[0]}, all conditions", whole[visits[1]], whole[visits[0]])


def expression(rows):
    """The expression of the face in a row: from a column of that name, or from the trial type."""
    if "expression" in rows and rows["expression"].notna().any():
        return rows["expression"]
    return rows["trial_type"].str.extract(f"({'|'.join(EXPRESSIONS)})", expand=False)


def d_prime(rows, signal):
    """Sensitivity z(hits) - z(false alarms) with the log-linear correction (Hautus 1995): half a case is added to each
    count and one to each number. What was shown follows from the answer and whether it was right."""
    says = rows["response"] == signal
    shown = says == (rows["accuracy"] == 1)
    hit = ((says & shown).sum() + 0.5) / (shown.sum() + 1)
    false_alarm = ((says & ~shown).sum() + 0.5) / ((~shown).sum() + 1)
    return stats.norm.ppf(hit) - stats.norm.ppf(false_alarm)


def faces(rows, visits, effects):
    """Accuracy, reaction times, misses and anticipations of what was answered with buttons."""
    asked = rows[rows["response_kind"].notna()].copy()
    if asked.empty:
        return
    keys = ["person", "visit"]
    print(f"\n  {'responses':<26}" + "".join(f"{'visit ' + str(v):>20}" for v in visits) + "   of all that were asked for")
    for kind in ("answer", "anticipation", "miss"):
        line = f"  {kind:<26}"
        for visit in visits:
            there = asked[asked["visit"] == visit]
            count = int((there["response_kind"] == kind).sum())
            line += f"{f'{count} ({100 * count / max(len(there), 1):.1f} %)':>20}"
        print(line)
    judged = asked[(asked["response_kind"] == "answer") & asked["accuracy"].notna()].copy()
    if judged.empty:
        return
    judged["condition"] = expression(judged)
    shares = judged.dropna(subset="condition").groupby(keys + ["condition"])["accuracy"].mean()
    if not shares.empty:
        by_visit("accuracy by expression", shares, visits, 3, "share right of answered, mean of people (SD)")
        wide = shares.unstack("condition")
        if {"fearful", "neutral"} <= set(wide):
            both = wide[["fearful", "neutral"]].unstack("visit").dropna().T.groupby(level="condition").mean().T
            effects.add("accuracy", "share right, fearful - neutral, all visits", both["fearful"], both["neutral"], 3)
    right = judged[judged["accuracy"] == 1]
    measures = {"rt": ("median RT of right answers, s", right.groupby(keys)["response_time"].median())}
    answers = sorted(judged["response"].dropna().unique())
    if len(answers) == 2:
        each = judged.groupby(keys)[["response", "accuracy"]].apply(d_prime, signal=answers[0])
        measures["d_prime"] = (f"d' ({answers[0]} from {answers[1]})", each)
    else:
        print(f"  (d' is for two answers; there are {len(answers)})")
    table = pd.concat(dict(measures.values()), names=["condition"]).reorder_levels(keys + ["condition"])
    by_visit("of each person", table, visits, 3)
    for name, (what, each) in measures.items():
        each = each.unstack("visit")
        if len(visits) > 1:
            effects.add(name, f"{what}, visit {visits[1]} - visit {visits[0]}", each[visits[1]], each[visits[0]], 3)


def main():
    parser = argparse.ArgumentParser(prog="check-effects", description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--expect", action="append", default=[], metavar="NAME=VALUE",
                        help="a difference that must lie in its 95 %% interval: instruction=3.4")
    parser.add_argument("--column", default="rating", help="the rating's column: rating (default) or rating_mean")
    parser.add_argument("--scale", help="the scale, where there are several")
    asked = parser.parse_args()
    expected = {}
    for text in asked.expect:
        name, _, value = text.partition("=")
        try:
            expected[name] = float(value)
        except ValueError:
            stop(f"--expect {text}: write a name and a number, as in instruction=3.4")
    rows, incomplete = read(asked.dataset)
    effects = Effects()
    for task, part in rows.groupby("task"):
        visits = sorted(part["visit"].unique(), key=natural)
        effects.task = task
        print(f"Task {task}: {part['person'].nunique()} people, {part['run'].nunique()} runs, "
              f"visits in this order: {', '.join(visits)}")
        before = set(effects.all)
        # A column of one task stands empty in the others.
        part = part.dropna(axis=1, how="all")
        if asked.column in part:
            ratings(part, asked.column, asked.scale, visits, effects)
        if {"response_kind", "response", "response_time", "accuracy"} <= set(part):
            faces(part, visits, effects)
        effects.print([n for n in effects.all if n not in before], expected)
        print()
    print("A difference is told from zero where its interval leaves 0 out.")
    if incomplete:
        print(f"{len(incomplete)} runs were not complete, and are in with what they hold: {', '.join(incomplete)}")
    bad = effects.judge(expected)
    for text in bad:
        print(f"NOT AS EXPECTED  {text}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
