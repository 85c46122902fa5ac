#!/bin/sh
# Installs the program for the user who runs this, without root. `install.sh --remove` removes it
# again; photos, runs and settings are kept, and it says where they are.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
data=${XDG_DATA_HOME:-$HOME/.local/share}
program=$HOME/.local/lib/finetune-gui
commands=$HOME/.local/bin
list=$program/installed-files

say() { printf '%s\n' "$*"; }

refresh() {
    # Menus and file managers look at these; each may be missing on a small system.
    for tool in "update-desktop-database -q $data/applications" \
        "update-mime-database $data/mime" \
        "gtk-update-icon-cache -q -t -f $data/icons/hicolor"; do
        # The words are split on purpose: a command and its arguments.
        # shellcheck disable=SC2086
        set -- $tool
        command -v "$1" >/dev/null 2>&1 && { "$@" 2>/dev/null || :; }
    done
    return 0
}

remove() {
    if [ ! -d "$program" ]; then
        say "Finetune GUI is not installed for $(id -un)."
        exit 0
    fi
    if [ -f "$list" ]; then
        while IFS= read -r file; do rm -f -- "$file"; done <"$list"
    fi
    rm -rf -- "$program"
    refresh
    say "Finetune GUI is removed. Your own runs and settings are kept:"
    say "  $data/finetune-gui"
    say "  ${XDG_CONFIG_HOME:-$HOME/.config}/finetune-gui"
    say "  ${XDG_CACHE_HOME:-$HOME/.cache}/finetune-gui"
}

# What is installed beside the program itself, for removal.
put() { # put SOURCE TARGET
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2"
    printf '%s\n' "$2" >>"$list"
}

install() {
    needed=$(du -sk "$here/finetune-gui" | cut -f1)
    mkdir -p "$HOME/.local/lib"
    free=$(df -Pk "$HOME/.local/lib" | awk 'NR == 2 { print $4 }')
    if [ "$free" -lt "$needed" ]; then
        say "There is not enough room: $((needed / 1024)) MB are needed in $HOME/.local/lib, $((free / 1024)) MB are free." >&2
        exit 1
    fi
    # Beside the old one first, so that a copy cut short leaves what worked.
    fresh=$program.new
    rm -rf -- "$fresh"
    cp -R "$here/finetune-gui" "$fresh"
    [ ! -d "$program" ] || remove >/dev/null
    mv "$fresh" "$program"
    : >"$list"
    mkdir -p "$commands"
    for name in finetune-gui finetune-gui-window; do
        ln -sf "$program/$name" "$commands/$name"
        printf '%s\n' "$commands/$name" >>"$list"
    done
    (cd "$here/share" && find . -type f) | while IFS= read -r file; do
        put "$here/share/$file" "$data/${file#./}"
    done
    # A menu may not have ~/.local/bin in its path.
    entry=$data/applications/finetune-gui.desktop
    sed "s|^Exec=finetune-gui-window|Exec=\"$program/finetune-gui-window\"|" \
        "$here/share/applications/finetune-gui.desktop" >"$entry"
    refresh
    say "Finetune GUI is installed in $program."
    say "Find it in the menu, or run $commands/finetune-gui."
}

case ${1:-} in
'') install ;;
--remove) remove ;;
*)
    say "usage: install.sh [--remove]" >&2
    exit 2
    ;;
esac
