"""How soon this program is as good as what others use for the same work. Writes JSON and Markdown.

The same photos in the same split, the same network and ImageNet weights, the same torch, side by
side in one run: this program from its command line with the default recipe, fastai, Hugging Face's
``Trainer`` and the loop of PyTorch's tutorial. Each peer has its own head, preprocessing and
recommended settings, as `peers/with_*.py` say. Every run is a process of its own, timed from its
start, imports included; judging on test photos is not charged to anybody, validation is, since all
of them do it. Splits and seeds change together.

The peers are fetched into ``build/peers`` the first time. No test, since a seed takes half an hour
and more; nothing else should run meanwhile, and ``--go-on`` adds seeds later. Run it with ``make
bench-peers``, or for less with ``python -m tests.benchmarks.bench_peers --seeds 1 --peers fastai``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune_gui.core.paths import resource
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.engine.backbones import preprocessing_for
from finetune_gui.engine.catalogue import EMBEDDED
from tests.benchmarks.peers import environment, race, summary, weights
from tests.benchmarks.peers.ours import Run
from tests.benchmarks.peers.task import Task

OURS = "this program"


@dataclass(frozen=True)
class Entrant:
    """One row: a module of `peers` and which of its settings."""

    peer: str
    name: str
    module: str
    setting: str = ""

    def command(self, python: Path, task: Path) -> list[str]:
        """How it is started."""
        words = [str(task), *([self.setting] if self.setting else [])]
        return [str(python), "-m", f"tests.benchmarks.peers.{self.module}", *words]


ENTRANTS = (
    Entrant("fastai", "fastai, fine_tune", "with_fastai"),
    Entrant("trainer", "Trainer, lr 5e-5 as in its guide", "with_trainer", "recommended"),
    Entrant("trainer", "Trainer, lr 1e-3", "with_trainer", "faster"),
    Entrant("tutorial", "PyTorch tutorial, all weights", "with_tutorial", "finetune"),
    Entrant("tutorial", "PyTorch tutorial, head alone", "with_tutorial", "frozen"),
)


@dataclass(frozen=True)
class Race:
    """What all seeds share."""

    dataset: Path
    python: Path
    entrants: tuple[Entrant, ...]
    epochs: int
    threads: int
    folder: Path
    weights: Path

    def warm_up(self) -> None:
        """Import everything once: whoever comes first would pay for reading it from disk."""
        modules = {(self.python, f"tests.benchmarks.peers.{e.module}") for e in self.entrants}
        modules.add((Path(sys.executable), "finetune_gui.engine.training"))
        for python, module in sorted(modules):
            command = [str(python), "-c", f"import {module}"]
            subprocess.run(command, check=True, cwd=race.ROOT, env=race.environment(self.threads))

    def run(self, seed: int) -> dict[str, summary.Run]:
        """All on one split; who follows whom changes with the seed."""
        folder = self.folder / f"seed-{seed}"
        ours = Run(self.dataset, seed, self.threads, folder)
        folder.mkdir()
        found = {OURS: ours.train()}
        _say(seed, OURS, found[OURS])
        task = self.task_of(ours, folder)
        turn = seed % max(1, len(self.entrants))
        for entrant in (*self.entrants[turn:], *self.entrants[:turn]):
            with _emptied(Path(task.scratch)):
                command = entrant.command(self.python, folder / "task.json")
                log = folder / f"{entrant.module}-{entrant.setting}.log"
                found[entrant.name] = race.run_peer(command, self.threads, log)
            _say(seed, entrant.name, found[entrant.name])
        return found

    def task_of(self, ours: Run, folder: Path) -> Task:
        """The very photos that the program divided, for the peers."""
        classes, photos = ours.split()
        view = preprocessing_for(ModelRecipe())
        task = Task(
            architecture=EMBEDDED,
            weights=str(self.weights),
            input_size=view.input_size,
            mean=view.mean,
            std=view.std,
            interpolation=view.interpolation,
            crop_fraction=view.crop_fraction,
            classes=classes,
            train=photos["train"],
            validation=photos["validation"],
            test=photos["test"],
            seed=ours.seed,
            epochs=self.epochs,
            scratch=str(folder / "scratch"),
        )
        task.write(folder / "task.json")
        return task


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    """Room for a peer's checkpoints, which are many and large."""
    folder.mkdir()
    try:
        yield
    finally:
        shutil.rmtree(folder)


def _say(seed: int, name: str, run: summary.Run) -> None:
    accuracy, seconds = summary.final(run), summary.reached(run, summary.final(run))
    sys.stderr.write(f"seed {seed}  {name}: {100 * accuracy:.1f} % after {seconds:.1f} s\n")
    sys.stderr.flush()


def report(runs: list[dict[str, summary.Run]], about: dict[str, Any], out: Path) -> str:
    """Write the table and all curves into ``out``; returns the table."""
    ours = [found[OURS] for found in runs]
    lines = [summary.line(name, [found[name] for found in runs], ours) for name in runs[0]]
    table = summary.markdown(lines)
    result = {**about, "table": lines, "runs": runs}
    out.mkdir(parents=True, exist_ok=True)
    (out / "peers.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    (out / "peers.md").write_text(table, encoding="utf-8")
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    usual = resource("demo", "fashion")
    names = sorted({entrant.peer for entrant in ENTRANTS})
    parser.add_argument("dataset", nargs="?", type=Path, default=usual)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--go-on", action="store_true", help="keep the seeds that are in --out, and do the others"
    )
    parser.add_argument("--peers", default=",".join(names), help=f"some of {', '.join(names)}")
    parser.add_argument("--epochs", type=int, default=0, help="of the peers; 0: each its own")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=race.ROOT / "build" / "benchmarks")
    parser.add_argument("--env", type=Path, default=race.ROOT / "build" / "peers")
    args = parser.parse_args()
    args.peers = args.peers.split(",")
    if not set(args.peers) <= set(names):
        parser.error(f"--peers: some of {', '.join(names)}")
    return args


def _kept(out: Path, about: dict[str, Any]) -> list[dict[str, summary.Run]]:
    """The seeds of an earlier call; they count only where the same was compared."""
    found = json.loads((out / "peers.json").read_text(encoding="utf-8"))
    assert {key: found[key] for key in about} == about, "something else was compared before"
    runs: list[dict[str, summary.Run]] = found["runs"]
    return runs


def main() -> None:
    """Run all seeds; the result so far is written after each."""
    args = _arguments()
    chosen = tuple(entrant for entrant in ENTRANTS if entrant.peer in args.peers)
    python = environment.python_with_peers(args.env.absolute())
    about = {
        "photos": args.dataset.name,
        "threads": args.threads,
        "versions": environment.versions(python),
    }
    runs = _kept(args.out, about) if args.go_on else []
    table = ""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = weights.lay_out(folder / "weights")
        dataset = args.dataset.absolute()
        contest = Race(dataset, python, chosen, args.epochs, args.threads, folder, held)
        contest.warm_up()
        for seed in range(len(runs), args.seeds):
            runs.append(contest.run(seed))
            table = report(runs, about, args.out)
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
