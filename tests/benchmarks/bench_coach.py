"""How often the coach is right: trains runs that are ill on purpose, and healthy ones.

Prints the table of what each kind of run was and what the coach named first, and as JSON the
share of ill runs that were named rightly and of healthy runs that were left alone (no finding
that is a problem). Takes half an hour on two quiet cores:
``python -m tests.benchmarks.bench_coach [--ill 60] [--healthy 40]``. With ``--keep FOLDER`` runs
stay there, and those that are there already are only judged again: whoever changes a threshold sees
in a moment what that does.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.coach.rules import findings
from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine.training import train
from finetune_gui.jobs.coach import gather
from tests.benchmarks.coach.cases import Case, trials

NOTHING = "nothing"


@dataclass(frozen=True)
class Verdict:
    """What the coach made of one run: the problem that it named first, or `NOTHING`."""

    case: Case
    seed: int
    first: str

    @property
    def is_right(self) -> bool:
        """Whether an ill run was named, or a healthy one left alone."""
        return self.first in (self.case.right or (NOTHING,))


def judge(case: Case, seed: int, folder: Path, paths: AppPaths) -> Verdict:
    """Train one case and ask the coach."""
    ctx = JobContext(lambda _event: None)
    run = RunFolder(folder / "run")
    if (folder / "trained").exists():
        return _verdict(case, seed, run, ctx)
    shutil.rmtree(folder, ignore_errors=True)
    table = case.make_dataset(seed, folder / "data")
    try:
        train(open_dataset(table, paths, ctx), case.recipe(seed), run.path, paths, ctx)
    except UserError as error:  # one that fell apart is judged like the others
        sys.stderr.write(f"{case.name} {seed}: {error.key}\n")
    (folder / "trained").touch()
    return _verdict(case, seed, run, ctx)


def _verdict(case: Case, seed: int, run: RunFolder, ctx: JobContext) -> Verdict:
    problems = [f.name for f in findings(gather(run, ctx)) if f.weight == "problem"]
    return Verdict(case, seed, problems[0] if problems else NOTHING)


def table(verdicts: Iterable[Verdict]) -> str:
    """A line for each kind of run: how often each problem was named first."""
    said: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        said.setdefault(verdict.case.name, Counter())[verdict.first] += 1
    lines = ["| run | named first |", "|---|---|"]
    for name, counts in said.items():
        words = ", ".join(f"{first} {n}" for first, n in counts.most_common())
        lines.append(f"| {name} | {words} |")
    return "\n".join(lines)


def main() -> None:
    """Train all, tell each verdict as it comes, and sum up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--ill", type=int, default=60)
    parser.add_argument("--healthy", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="where the runs stay")
    args = parser.parse_args()
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) if args.keep is None else args.keep.absolute()
        paths = AppPaths.under(kept / "program")
        for case, seed in trials(args.ill, args.healthy):
            folder = kept / f"{case.name.replace('/', '_')} {seed}"
            verdict = judge(case, seed, folder, paths)
            verdicts.append(verdict)
            mark = "right" if verdict.is_right else "WRONG"
            sys.stderr.write(f"{case.name} {seed}: {verdict.first} {mark}\n")
    ill = [v.is_right for v in verdicts if v.case.right]
    healthy = [v.is_right for v in verdicts if not v.case.right]
    result = {
        "ill": len(ill),
        "named_first": sum(ill) / max(1, len(ill)),
        "healthy": len(healthy),
        "left_alone": sum(healthy) / max(1, len(healthy)),
    }
    sys.stdout.write(f"{table(verdicts)}\n\n{json.dumps(result)}\n")


if __name__ == "__main__":
    main()
