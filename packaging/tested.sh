#!/bin/sh
# Whether the packages were tried since something about them changed: building and trying them takes
# a quarter of an hour, and most changes have nothing to do with them.
#
#   tested.sh keep     all is well with these files: package_test.sh says so when it passed
#   tested.sh          exit status 0: nothing changed since then
#
# What it keeps, packaging/tested.txt, is committed with the change.
set -eu
export LC_ALL=C

cd "$(dirname "$0")/.."
kept=packaging/tested.txt

# What goes into a package beside the program itself: how it is built, and what it depends on. The
# screenshots are for the READMEs.
fingerprint() {
    # Git refuses to list a folder of another user: no list must not pass for one without changes.
    files=$(git ls-files packaging pyproject.toml ':!packaging/screenshots') || return 1
    printf '%s\n' "$files" | grep -v "^$kept\$" | sort | while IFS= read -r file; do
        [ ! -f "$file" ] || sha256sum "$file"
    done | sha256sum | cut -d ' ' -f 1
}
now=$(fingerprint)

case ${1:-} in
keep) printf '%s\n' "$now" >"$kept" ;;
'') [ -f "$kept" ] && [ "$(cat "$kept")" = "$now" ] ;;
*)
    echo "usage: tested.sh [keep]" >&2
    exit 2
    ;;
esac
