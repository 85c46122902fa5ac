"""Whether a search pays: its winner beside the default and beside fastai. Writes JSON and Markdown.

For each set of photos and each seed, with the same split, network and ImageNet weights:

- ``default``: ``finetune-gui train`` as it is;
- ``winner``: ``finetune-gui tune --minutes M``, then one training with the settings of the best
  trial. What the search itself says of them is kept beside it;
- ``as advised``: the winner, or the default where the search advises to stay with it;
- ``fastai``: ``fine_tune`` as `peers/with_fastai.py` says, with its usual number of epochs;
- ``fastai, same time``: the same with as many epochs as fit into the search's minutes.

All are judged on the test photos, which none of them has seen; a set without a test folder of its
own gives 40 % of its photos, since a difference of one photo in 45 would say nothing. ``PHOTOS``
are folders; ``digits`` is a set of scanned digits that comes with scikit-learn. Nothing else
should run meanwhile: a search with its training takes 13 minutes for each set and seed, fastai
another 15. ``--go-on`` keeps what is there and adds what is missing.

``python -m tests.benchmarks.bench_search PHOTOS [PHOTOS]... [--minutes M] [--seeds N]
[--sides default winner fastai]``
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import shutil
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
_TEST_FRACTION = 0.4


@dataclass(frozen=True)
class Contest:
    """One set of photos with one seed, in an empty ``folder``; what is in ``rows`` is done."""

    photos: Path
    seed: int
    minutes: float
    folder: Path
    weights: Path
    threads: int
    python: Path | None
    rows: dict[str, Row] = field(default_factory=dict)

    def default(self) -> None:
        """One training without any search."""
        self._note("default", self._train(self._run("default"), ()))

    def winner(self) -> None:
        """The search, and what follows from its advice."""
        winner = self._searched()
        self._note("winner", winner)
        self._note("as advised", winner if winner["advised"] else self.rows["default"])

    def fastai(self) -> None:
        """The peer with its own number of epochs, then with the time that the search has."""
        usual = self._fine_tune(0)
        self._note("fastai", usual)
        epochs = max(1, round(60 * self.minutes / usual["seconds_an_epoch"]))
        self._note("fastai, same time", self._fine_tune(epochs))

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

    def _given(self) -> list[str]:
        values = {"seed": self.seed, "data.split_seed": self.seed}
        values |= {"data.test_fraction": _TEST_FRACTION}
        return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]

    def _train(self, run: Run, words: tuple[str, ...]) -> Row:
        wanted = [str(self.photos), "--json", "--out", str(run.path), *words, *self._given()]
        row: Row = {}
        command = run.command("train", *wanted)
        for seconds, event in race.lines(command, self.threads, run.folder / "train.log"):
            row["seconds"] = round(seconds, 1)
            if event["kind"] == "evaluated":
                row["accuracy"], row["photos"] = event["accuracy"], event["n"]
        return row | {"test": _fingerprint(run.split()[1]["test"])}

    def _searched(self) -> Row:
        run = self._run("searched")
        wanted = [str(self.photos), "--json", "--minutes", str(self.minutes), *self._given()]
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
        assert again["test"] == self.rows["default"]["test"]
        return row | {"accuracy": again["accuracy"], "retrained_in": again["seconds"]}

    def _fine_tune(self, epochs: int) -> Row:
        assert self.python is not None
        default = Run(self.photos, self.seed, self.threads, self.folder / "default")
        if not default.path.is_dir():  # judged in an earlier call; its split is needed
            self.default()
        folder = self.folder / f"fastai-{epochs}"
        folder.mkdir()
        contest = Race(self.photos, self.python, (), epochs, self.threads, folder, self.weights)
        contest.task_of(default, folder)
        (folder / "scratch").mkdir()
        command = [str(self.python), "-m", _FASTAI, str(folder / "task.json")]
        found = race.run_peer(command, self.threads, folder / "fastai.log")
        last = found["points"][-1]
        return {
            "accuracy": summary.final(found),
            "seconds": found["total"],
            "epochs": last["epoch"],
            "seconds_an_epoch": (last["seconds"] - found["imports"]) / last["epoch"],
        }


def _fingerprint(photos: tuple[tuple[str, str], ...]) -> str:
    """Tells apart which photos were judged; where they lie does not count."""
    names = sorted(f"{label}/{Path(path).name}" for path, label in photos)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


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
        said = ", ".join(
            rows["winner"]["verdict"] or "nothing better found"
            for rows in seeds
            if "winner" in rows
        )
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
    names = ("default", "winner", "fastai")
    parser.add_argument("--sides", nargs="+", choices=names, default=names)
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
    """Run all; the result so far is written after each side."""
    args = _arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    peers = environment.python_with_peers(args.env.absolute()) if "fastai" in args.sides else None
    about = {"minutes": args.minutes, "threads": args.threads}
    results = _kept(args.out, about) if args.go_on else []
    by_key = {(each.photos, each.seed): each for each in results}
    with tempfile.TemporaryDirectory(prefix="bench-search-") as name:
        held = weights.lay_out(Path(name) / "weights")
        wanted = [
            digits.write_digits(Path(name) / digits.NAME) if str(path) == digits.NAME else path
            for path in args.photos
        ]
        for seed, photos in itertools.product(range(args.seeds), wanted):
            result = by_key.get((photos.name, seed)) or Result(photos.name, seed, {})
            if result not in results:
                results.append(result)
            folder = Path(name) / f"{photos.name}-{seed}"
            folder.mkdir()
            contest = Contest(
                photos.absolute(),
                seed,
                args.minutes,
                folder,
                held,
                args.threads,
                peers,
                result.rows,
            )
            for side in ("default", "winner", "fastai"):
                if side in args.sides and side not in result.rows:
                    getattr(contest, side)()
                    _keep(args.out, about, results)
            shutil.rmtree(folder)
    sys.stdout.write(table(results))


if __name__ == "__main__":
    main()
