"""What the program is made of, and what the licences of its parts say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.licences import Part, bill_of_materials, parts


@dataclass(frozen=True)
class Ingredients:
    """All parts, the program first, and the SBOM where an installer brought one."""

    parts: tuple[Part, ...]
    bill_of_materials: Path | None


@dataclass(frozen=True)
class ListParts:
    """Reading what a hundred packages say of themselves takes a while."""

    lane: Lane = Lane.READ
    title: str = "about-job-list"

    def run(self, ctx: JobContext) -> Ingredients:
        """The list; raises `UserError` when the one of the installer is broken."""
        ctx.check_cancelled()
        return Ingredients(parts(), bill_of_materials())


@dataclass(frozen=True)
class ReadLicence:
    """The texts of one part."""

    part: Part
    lane: Lane = Lane.READ
    title: str = "about-job-read"

    def run(self, ctx: JobContext) -> str:
        """All of them, empty when the part brought none; raises `OSError`."""
        ctx.check_cancelled()
        return self.part.read()
