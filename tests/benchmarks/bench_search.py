"""Whether a search pays: its winner beside the default and beside fastai. Writes JSON and Markdown.

For each set of photos and each seed, with the same split, network and ImageNet weights:

- ``default``: ``finetune-gui train`` as it is;
- ``winner``: ``finetune-gui tune --minutes M``, then one training with the settings of the best
  trial. What the search itself says of them is kept beside it;
- ``as advised``: the winner, or the default where the search found it no better;
- ``fastai``: ``fine_tune`` as `peers/with_fastai.py` says, with its usual number of epochs;
- ``fastai, same time``: the same with as many epochs as fit into the search's minutes.

All are judged on the test photos, which none of them has seen. ``PHOTOS`` are folders; ``digits``
is a set of scanned digits that comes with scikit-learn. Nothing else should run meanwhile: with 10
minutes half an hour goes by for each set and seed, and ``--go-on`` adds those that are missing.

``python -m tests.benchmarks.bench_search PHOTOS [PHOTOS]... [--minutes M] [--seeds N]
[--peer-seeds N]``; 0 leaves fastai out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from finetune_gui.core.paths import resource
from tests.benchmarks.bench_peers import Race
from tests.benchmarks.peers import digits, environment, race, summary, weights
from tests.benchmarks.peers.ours import Run

Row = dict[str, Any]
_FASTAI = "tests.benchmarks.peers.with_fastai"
_SIDES = ("default", "winner", "as advised", "fastai", "fastai, same time")


@dataclass(frozen=True)
class Contest:
    """One set of photos with one seed, in an empty ``folder``. ``fastai`` None: no peer."""

    photos: Path
    seed: int
    minutes: float
    folder: Path
    weights: Path
    threads: int
    fastai: Path | None
    rows: dict[str, Row] = field(default_factory=dict)

    def run(self) -> dict[str, Row]:
        """What each side came to."""
        default = self._run("default")
        self._note("default", self._train(default, ()))
        winner = self._searched(default)
        self._note("winner", winner)
        self._note("as advised", winner if winner["advised"] else self.rows["default"])
        if self.fastai is not None:
            usual = self._fine_tune(default, 0)
            self._note("fastai", usual)
            epochs = max(1, round(60 * self.minutes / usual["seconds_an_epoch"]))
            self._note("fastai, same time", self._fine_tune(default, epochs))
        return self.rows

    def _note(self, side: str, row: Row) -> None:
        self.rows[side] = row
        told = f"{self.photos.name} seed {self.seed}  {side}: {100 * row['accuracy']:.1f} %"
        sys.stderr.write(f"{told} after {row['seconds']:.0f} s\n")
        sys.stderr.flush()

    def _run(self, name: str) -> Run:
        """Every run of the program has folders of its own: no measurement, no decoded photo."""
        folder = self.folder / name
        folder.mkdir()
        return Run(self.photos, self.seed, self.threads, folder)

    def _seeds(self) -> list[str]:
        values = (f"seed={self.seed}", f"data.split_seed={self.seed}")
        return [word for value in values for word in ("--set", value)]

    def _train(self, run: Run, words: tuple[str, ...]) -> Row:
        wanted = [str(self.photos), "--json", "--out", str(run.path), *words, *self._seeds()]
        row: Row = {}
        command = run.command("train", *wanted)
        for seconds, event in race.lines(command, self.threads, run.folder / "train.log"):
            row["seconds"] = round(seconds, 1)
            if event["kind"] == "evaluated":
                row["accuracy"], row["photos"] = event["accuracy"], event["n"]
        return row

    def _searched(self, default: Run) -> Row:
        run = self._run("searched")
        wanted = [str(self.photos), "--json", "--minutes", str(self.minutes), *self._seeds()]
        with (run.folder / "tune.log").open("w", encoding="utf-8") as log:
            done = subprocess.run(
                run.command("tune", *wanted),
                stdout=subprocess.PIPE,
                stderr=log,
                check=True,
                cwd=race.ROOT,
                env=race.environment(self.threads),
            )
        found = json.loads(done.stdout)
        best, verdict = found["best"], found["verdict"]
        row: Row = {
            "seconds": found["seconds"],
            "verdict": verdict["answer"] if verdict else None,
            "advised": best is not None and found["advised"] == best["number"],
            "trials": len(found["trials"]),
            "values": best["values"] if best else {},
        }
        # Nothing was found in that time, or the same settings, which give the same model.
        if best is None or best["default"]:
            return row | {"accuracy": self.rows["default"]["accuracy"]}
        again = self._train(run, ("--recipe", str(Path(best["run"]) / "recipe.toml")))
        assert run.split()[1]["test"] == default.split()[1]["test"]
        return row | {"accuracy": again["accuracy"], "retrained_in": again["seconds"]}

    def _fine_tune(self, default: Run, epochs: int) -> Row:
        assert self.fastai is not None
        folder = self.folder / f"fastai-{epochs}"
        folder.mkdir()
        contest = Race(self.photos, self.fastai, (), epochs, self.threads, folder, self.weights)
        contest.task_of(default, folder)
        (folder / "scratch").mkdir()
        command = [str(self.fastai), "-m", _FASTAI, str(folder / "task.json")]
        found = race.run_peer(command, self.threads, folder / "fastai.log")
        last = found["points"][-1]
        return {
            "accuracy": summary.final(found),
            "seconds": found["total"],
            "epochs": last["epoch"],
            "seconds_an_epoch": (last["seconds"] - found["imports"]) / last["epoch"],
        }


@dataclass(frozen=True)
class Result:
    """What each side came to on one set of photos with one seed."""

    photos: str
    seed: int
    rows: dict[str, Row]


def table(results: list[Result]) -> str:
    """For each set the mean accuracy over seeds, and what the searches themselves said."""
    by_set: dict[str, list[dict[str, Row]]] = defaultdict(list)
    for each in results:
        by_set[each.photos].append(each.rows)
    head = ("photos", "seeds", *_SIDES, "what the searches said")
    lines = [head, tuple("---" for _ in head)]
    for name, seeds in by_set.items():
        cells = [
            _cell([rows[side]["accuracy"] for rows in seeds if side in rows], len(seeds))
            for side in _SIDES
        ]
        said = ", ".join(rows["winner"]["verdict"] or "nothing better found" for rows in seeds)
        lines.append((name, str(len(seeds)), *cells, said))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(accuracies: list[float], n_seeds: int) -> str:
    """Mean and spread, and over how many seeds where that is not all ``n_seeds``."""
    if not accuracies:
        return "–"
    spread = f" ± {100 * statistics.stdev(accuracies):.1f}" if len(accuracies) > 1 else ""
    fewer = f" ({len(accuracies)} of {n_seeds})" if len(accuracies) < n_seeds else ""
    return f"{100 * statistics.mean(accuracies):.1f}{spread} %{fewer}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    usual = [resource("demo", "fashion"), Path(digits.NAME)]
    parser.add_argument("photos", nargs="*", type=Path, default=usual)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--peer-seeds", type=int, default=3, help="fastai takes part with that many of the seeds"
    )
    parser.add_argument(
        "--go-on", action="store_true", help="keep what is in --out, and do what is missing"
    )
    parser.add_argument("--out", type=Path, default=race.ROOT / "build" / "benchmarks")
    parser.add_argument("--env", type=Path, default=race.ROOT / "build" / "peers")
    return parser.parse_args()


def _kept(out: Path, about: dict[str, Any]) -> list[Result]:
    """What an earlier call found; it counts only where the same was compared."""
    found = json.loads((out / "search.json").read_text(encoding="utf-8"))
    assert {key: found[key] for key in about} == about, "something else was compared before"
    return [Result(**each) for each in found["results"]]


def _keep(out: Path, about: dict[str, Any], results: list[Result]) -> None:
    text = json.dumps({**about, "results": [asdict(each) for each in results]}, indent=1)
    (out / "search.json").write_text(text, encoding="utf-8")
    (out / "search.md").write_text(table(results), encoding="utf-8")


def main() -> None:
    """Run all; the result so far is written after each seed."""
    args = _arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    fastai = environment.python_with_peers(args.env.absolute()) if args.peer_seeds else None
    about = {"minutes": args.minutes, "threads": args.threads}
    results = _kept(args.out, about) if args.go_on else []
    with tempfile.TemporaryDirectory(prefix="bench-search-") as name:
        held = weights.lay_out(Path(name) / "weights")
        wanted = [
            digits.write_digits(Path(name) / digits.NAME) if str(path) == digits.NAME else path
            for path in args.photos
        ]
        done = {(each.photos, each.seed) for each in results}
        for seed, photos in itertools.product(range(args.seeds), wanted):
            if (photos.name, seed) in done:
                continue
            folder = Path(name) / f"{photos.name}-{seed}"
            folder.mkdir()
            peer = fastai if seed < args.peer_seeds else None
            contest = Contest(
                photos.absolute(), seed, args.minutes, folder, held, args.threads, peer
            )
            results.append(Result(photos.name, seed, contest.run()))
            _keep(args.out, about, results)
    sys.stdout.write(table(results))


if __name__ == "__main__":
    main()
