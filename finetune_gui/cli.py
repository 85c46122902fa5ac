"""The same jobs from a terminal.

With ``--json`` standard output holds JSON alone; people's progress goes to standard error. Exit
status: 0 done, 1 failed with a plain sentence, 2 wrong usage, 130 cancelled.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import get_args

from finetune_gui import __version__, cli_commands
from finetune_gui.cli_output import Output, SilentOutput
from finetune_gui.core import settings
from finetune_gui.core.cross_validation import MAX_FOLDS, MAX_REPEATS, GroupBy
from finetune_gui.core.errors import as_user_error
from finetune_gui.core.job import Cancelled, JobControl
from finetune_gui.core.messages import set_language, system_language, tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.study import StudyFolder
from finetune_gui.dataset.photo_cache import share_in
from finetune_gui.jobs.self_test import Check

log = logging.getLogger(__name__)

DONE, FAILED, CANCELLED = 0, 1, 130
MOST_MINUTES = 100_000


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments; exits with status 2 on wrong usage. ``command`` None asks for the window."""
    parser = argparse.ArgumentParser(prog="finetune-gui", description=tr("cli-description"))
    parser.add_argument("--version", action="version", version=f"finetune-gui {__version__}")
    parser.add_argument("--basedir", type=Path, metavar="DIR", help=tr("cli-help-basedir"))
    parser.add_argument("--demo", action="store_true", help=tr("cli-help-demo"))
    # Read in `__main__` where there is no command; here it stands for the help.
    parser.add_argument("--open", nargs="+", metavar="PATH", help=tr("cli-help-open"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, help_key: str, *, json: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=tr(help_key), description=tr(help_key))
        if json:
            sub.add_argument("--json", action="store_true", help=tr("cli-help-json"))
        return sub

    train = command("train", "cli-help-train")
    train.add_argument("dataset", nargs="?", type=Path, metavar="DATASET")
    train.add_argument("--demo", action="store_true", dest="use_demo", help=tr("cli-help-demo"))
    train.add_argument("--out", type=Path, metavar="RUN", help=tr("cli-help-out"))
    find_lr = command("find-lr", "cli-help-find-lr")
    find_lr.add_argument("dataset", type=Path, metavar="DATASET")
    folds = command("cross-validate", "cli-help-cross-validate")
    folds.add_argument("dataset", type=Path, metavar="DATASET")
    _add_folds(folds)

    tune = command("tune", "cli-help-tune")
    tune.add_argument("dataset", type=Path, metavar="DATASET", help=tr("cli-help-tune-dataset"))
    tune.add_argument("--trials", type=int, metavar="N", help=tr("cli-help-trials"))
    tune.add_argument("--minutes", type=float, metavar="M", help=tr("cli-help-minutes"))
    tune.add_argument("--out", type=Path, metavar="DIR", help=tr("cli-help-tune-out"))
    tune.add_argument("--storage", default="", metavar="URL", help=tr("cli-help-storage"))
    tune.add_argument(
        "--range", action="append", default=[], metavar="KEY=RANGE", help=tr("cli-help-range")
    )
    for sub in (train, find_lr, folds, tune):
        sub.add_argument("--recipe", type=Path, metavar="FILE", help=tr("cli-help-recipe"))
        sub.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help=tr("cli-help-set")
        )
    resume = command("resume", "cli-help-resume")
    resume.add_argument("run", type=Path, metavar="RUN")
    evaluate = command("evaluate", "cli-help-evaluate")
    evaluate.add_argument("run", type=Path, metavar="RUN")
    evaluate.add_argument("--data", type=Path, metavar="DATASET", help=tr("cli-help-data"))
    predict = command("predict", "cli-help-predict")
    predict.add_argument("run", type=Path, metavar="RUN")
    predict.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    predict.add_argument("--csv", type=Path, metavar="FILE", help=tr("cli-help-csv"))
    check = command("check", "cli-help-check")
    check.add_argument("dataset", type=Path, metavar="DATASET")
    export = command("export", "cli-help-export", json=False)
    export.add_argument("run", type=Path, metavar="RUN")
    export.add_argument("--format", required=True, metavar="FORMAT", help=tr("cli-help-format"))
    export.add_argument("--out", type=Path, required=True, metavar="PATH")
    models = command("models", "cli-help-models")
    models.add_argument("--all", action="store_true", help=tr("cli-help-all"))
    command("doctor", "cli-help-doctor")
    command("self-test", "cli-help-self-test", json=False)
    args = parser.parse_args(argv)
    _check_usage(parser, args)
    return args


def _add_folds(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--folds",
        type=int,
        default=5,
        choices=range(2, MAX_FOLDS + 1),
        metavar="K",
        help=tr("cli-help-folds"),
    )
    sub.add_argument(
        "--repeats",
        type=int,
        default=1,
        choices=range(1, MAX_REPEATS + 1),
        metavar="N",
        help=tr("cli-help-repeats"),
    )
    sub.add_argument(
        "--group-by", choices=get_args(GroupBy), default="none", help=tr("cli-help-group-by")
    )
    sub.add_argument("--baseline", action="store_true", help=tr("cli-help-baseline"))
    sub.add_argument("--ensemble", action="store_true", help=tr("cli-help-ensemble"))
    sub.add_argument("--out", type=Path, metavar="DIR", help=tr("cli-help-out-study"))


def _check_usage(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    if args.command == "train" and (args.dataset is None) == (not args.use_demo):
        parser.error(tr("cli-usage-dataset"))
    for item in getattr(args, "set", []):
        if "=" not in item:
            parser.error(tr("cli-usage-set", value=item))
    for item in getattr(args, "range", []):
        if "=" not in item:
            parser.error(tr("cli-usage-range", value=item))
    if args.command == "tune" and (
        (args.trials is not None and args.trials < 1)
        or (args.minutes is not None and not 0 < args.minutes < MOST_MINUTES)
    ):
        parser.error(tr("cli-usage-budget"))
    if (
        args.command == "tune"
        and (args.set or args.range or args.recipe or args.out or args.storage)
        and StudyFolder(args.dataset).spec_file.is_file()
    ):
        parser.error(tr("cli-usage-tune-study"))


def app_paths(args: argparse.Namespace) -> AppPaths:
    """The folders that the arguments ask for."""
    return AppPaths.for_user() if args.basedir is None else AppPaths.under(args.basedir)


def use_settings(paths: AppPaths) -> None:
    """Speak the language and keep the decoded photos that were chosen in the window."""
    kept = settings.load(paths.settings_file)
    set_language(kept.language or system_language())
    share_in(paths.photos, kept.photo_cache_gb)


def run(args: argparse.Namespace, window_checks: Callable[[], list[Check]]) -> int:
    """Do what the arguments say and return the exit status.

    ``window_checks`` are the self-test's checks of the window: this module knows no Qt.
    """
    paths = app_paths(args)
    control = JobControl()
    # Of several processes that train together (`torchrun`) the first one speaks.
    first = os.environ.get("RANK", "0") == "0"
    output = Output(json=getattr(args, "json", False)) if first else SilentOutput()
    before = _stop_on_interrupt(control)
    try:
        _start_log(paths)
        if args.command not in cli_commands.TOGETHER:
            cli_commands.be_alone()
        context = cli_commands.Context(args, paths, control, output, window_checks)
        cli_commands.COMMANDS[args.command](context)
    except (Cancelled, KeyboardInterrupt):
        output.say(tr("cli-cancelled"))
        return CANCELLED
    except Exception as error:
        # The boundary: whatever happens ends in a sentence.
        log.exception("%s failed", args.command)
        output.say(str(as_user_error(error)))
        return FAILED
    finally:
        signal.signal(signal.SIGINT, before)
    return CANCELLED if control.cancel_requested else DONE


def _start_log(paths: AppPaths) -> None:
    """Tracebacks belong in the log, or nowhere: standard error is for sentences."""
    try:
        logging.basicConfig(filename=paths.log_file, encoding="utf-8")
    except OSError:
        logging.basicConfig(handlers=[logging.NullHandler()])


def _stop_on_interrupt(control: JobControl) -> signal.Handlers | Callable[..., object] | int | None:
    """Ctrl-C asks the job to stop; a second one ends the program at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        if control.cancel_requested:
            signal.default_int_handler(number, frame)
        control.cancel()
        sys.stderr.write("\n" + tr("cli-stopping") + "\n")

    return signal.signal(signal.SIGINT, stop)
