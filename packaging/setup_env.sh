#!/bin/sh
# Makes .venv ready: `setup_env.sh run` for using the program, `test` for working on it, `package`
# for building installers.
# Does nothing, quickly, when all is there. `make` calls it; people need not.
set -eu

say() { printf '%s\n' "$*"; }
stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

case ${1:-} in
run) target='.[all]' ;;
test) target='.[dev]' ;;
package) target='.[dev,package]' ;;
*)
    say "usage: setup_env.sh run|test|package" >&2
    exit 2
    ;;
esac
wanted=$1

cd "$(dirname "$0")/.."
root=$(pwd -P)
venv=.venv
python=$venv/bin/python
system=$(uname -s)

# --- packages of the operating system -----------------------------------------------------------

# Sets `sudo`; fails where packages cannot be installed without asking for a password.
can_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then
        sudo=
    elif sudo -n true 2>/dev/null; then
        sudo='sudo -n'
    else
        return 1
    fi
}

how_to_install() {
    if command -v apt-get >/dev/null 2>&1; then
        say "Please run: sudo apt-get update && sudo apt-get install --no-install-recommends $*"
    else
        say "Please install, with this system's package manager, what Debian calls: $*"
    fi
}

install_packages() {
    say "Installing packages of the system: $*"
    log=$(mktemp)
    # $sudo is empty or two words. Without its variable debconf would ask questions.
    # shellcheck disable=SC2086
    if ! { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        stop "These packages could not be installed: $*"
    fi
    rm -f "$log"
}

# What PySide6's wheels expect of the system, as `library package`.
qt_libraries() {
    cat <<'LIST'
libEGL.so.1 libegl1
libGL.so.1 libgl1
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-xinerama.so.0 libxcb-xinerama0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libglib-2.0.so.0 libglib2.0-0
libwayland-cursor.so.0 libwayland-cursor0
LIST
}

# File names, since fc-list may not be there yet and is slow on its first call.
has_chinese_font() {
    for folder in /usr/share/fonts /usr/local/share/fonts "${HOME:-}/.local/share/fonts"; do
        [ -d "$folder" ] || continue
        found=$(find -L "$folder" -type f \( -iname '*cjk*' -o -iname 'wqy*' \
            -o -iname 'SourceHan*' -o -iname '*NotoSansSC*' -o -iname 'DroidSansFallback*' \
            -o -iname 'uming*' -o -iname 'ukai*' \) -print 2>/dev/null | head -n 1)
        [ -z "$found" ] || return 0
    done
    return 1
}

missing_libraries() {
    [ "$system" = Linux ] || return 0
    # Debian keeps ldconfig where only root's PATH looks.
    known=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null) || return 0
    qt_libraries | while read -r library package; do
        case $known in
        *"$library "*) ;;
        *) say "$package" ;;
        esac
    done
}

missing_font() {
    # WenQuanYi is 1.6 MB to fetch, Noto CJK 57 MB.
    [ "$system" != Linux ] || has_chinese_font || say fonts-wqy-microhei
}

# What a virtual environment needs before it can be made.
missing_python() {
    has_pip "$python" && return 0
    if ! base=$(find_python); then
        say "python3 python3-venv"
    elif ! "$base" -c 'import venv, ensurepip' 2>/dev/null; then
        # Debian takes ensurepip into a package of its own for each version.
        "$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

ensure_packages() {
    needed="$(missing_libraries) $(missing_python)"
    font=$(missing_font)
    # The names hold no spaces, so the lists are split on purpose.
    # shellcheck disable=SC2086
    set -- $needed $font
    [ $# -gt 0 ] || return 0
    if can_install; then
        install_packages "$@"
    elif [ -n "${needed# }" ]; then
        stop "Some packages of the system are missing. $(how_to_install "$@")"
    else
        # The program works without one, in English.
        say "No Chinese font was found: Chinese text may show as boxes. $(how_to_install "$@")"
    fi
}

# --- Python ---------------------------------------------------------------------------------------

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Without pip after an interrupted first start, and after the system's Python became a newer one.
has_pip() {
    "$1" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pip") is None)' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

ensure_venv() {
    has_pip "$python" && return 0
    base=$(find_python) ||
        stop "Python 3.11 or newer is needed, and this system's packages have only an older one."
    say "Making a virtual environment in $venv"
    "$base" -m venv --clear "$venv"
}

# What an installation depends on. The folder is part of it, because a virtual environment
# remembers where the program lies.
fingerprint() {
    { printf '%s\n' "$root" && cat pyproject.toml; } | cksum
}

is_installed() {
    # Each of these holds all that the ones after it do.
    case $wanted in
    run) kinds='package test run' ;;
    test) kinds='package test' ;;
    *) kinds=package ;;
    esac
    for kind in $kinds; do
        stamp=$venv/installed-for-$kind
        [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$1" ] && return 0
    done
    return 1
}

# pip's own output is hundreds of lines; what takes long is the large files.
show_large_downloads() {
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$1"
        case $line in
        *Downloading*[0-9][0-9].[0-9]' MB)'*) say "  fetching ${line##*Downloading }" ;;
        'Installing collected packages'*torch*) say "  unpacking, which takes another minute or two" ;;
        esac
    done
}

install() {
    if ls "$venv"/installed-for-* >/dev/null 2>&1; then
        say "Bringing $venv up to date"
    else
        say "Installing PyTorch and Qt; this takes a few minutes the first time"
    fi
    log=$venv/install.log
    : >"$log"
    rm -f "$venv"/installed-for-* "$venv/pip-failed"
    # POSIX sh has no pipefail, so a failure leaves a file.
    { "$python" -m pip install --disable-pip-version-check --progress-bar off \
        --editable "$target" 2>&1 </dev/null || : >"$venv/pip-failed"; } | show_large_downloads "$log"
    if [ -f "$venv/pip-failed" ]; then
        grep -v '^ *$' "$log" | tail -n 20 >&2
        stop "The installation failed. Is there a network, and are 10 GB of disk free? All of pip's words are in $log"
    fi
    fingerprint >"$venv/installed-for-$wanted"
}

ensure_packages
ensure_venv
is_installed "$(fingerprint)" || install
