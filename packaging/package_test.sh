#!/usr/bin/env bash
# Installs the .deb in a clean Debian 12, as a person would find it: no Python, no compiler. Then, as
# an ordinary user: the self-test, menu entry, icon and file types, a training through the window,
# the archive's install.sh; at last everything is removed and nothing may be left.
# Output that is not expected fails it. Needs root, mmdebstrap and a network for Debian's packages.
set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
build=$PWD/build/package
root=$build/root
base=$build/root.tar
dist=$PWD/dist
shots=$build/screenshots
user=anna
failed=0

say() { printf '%s\n' "$*"; }
pass() { say "ok    $1"; }
fail() {
    failed=$((failed + 1))
    say "FAIL  $1"
    [ -z "${2:-}" ] || printf '%s\n' "$2" | tail -n 25 | sed 's/^/      | /'
}

# check NAME COMMAND...: passes when COMMAND succeeds; its words are shown when it does not.
check() {
    local name=$1 words
    shift
    if words=$("$@" 2>&1); then pass "$name"; else fail "$name" "$words"; fi
}

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
quiet_apt() { inside DEBIAN_FRONTEND=noninteractive apt-get -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >"$build/apt.log" 2>&1 || { tail -n 20 "$build/apt.log"; return 1; }; }
as_user() { inside HOME=/home/$user USER=$user setpriv --reuid=$user --regid=$user --init-groups "$@"; }

leave() {
    pkill -f "Xvfb :$display" 2>/dev/null
    for place in tmp/.X11-unix dev/shm dev/pts dev proc; do
        mountpoint -q "$root/$place" && umount -l "$root/$place"
    done
}
display=73
trap leave EXIT

[ "$(id -u)" = 0 ] || { say "This needs root, for a clean system to install into."; exit 1; }
missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need mmdebstrap mmdebstrap
need Xvfb xvfb
need xdotool xdotool
need import imagemagick
need zstd zstd
need bc bc
mkdir -p "$build"
if [ ${#missing[@]} -gt 0 ]; then
    say "Installing packages of the system: ${missing[*]}"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --yes --no-install-recommends "${missing[@]}"; } \
        >"$build/tools.log" 2>&1 </dev/null || { tail -n 20 "$build/tools.log"; exit 1; }
fi

# By time, since packages of other versions may lie there too.
newest() {
    find "$dist" -maxdepth 1 -name "$1" -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-
}
deb=$(newest 'finetune-gui_*.deb')
archive=$(newest 'finetune-gui-*.tar.zst')
if [ -z "$deb" ] || [ -z "$archive" ]; then
    say "Nothing to test in dist/: run make package first."
    exit 1
fi

# ---- a clean system

if [ ! -f "$base" ]; then
    mmdebstrap --quiet --variant=minbase bookworm "$base" || exit 1
fi
leave
rm -rf "$root" "$shots"
mkdir -p "$root" "$shots"
tar -xpf "$base" -C "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null
mount --bind /proc "$root/proc" && mount --bind /dev "$root/dev"
# Where semaphores are made: ordinary users may do that on any system.
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
inside useradd --create-home --shell /bin/sh $user
check "no Python, no compiler in the clean system" inside sh -c '! command -v python3 && ! command -v cc'
quiet_apt update || exit 1
# What looks at menus and types; a desktop has these already.
quiet_apt install desktop-file-utils shared-mime-info libglib2.0-bin xdg-utils fonts-wqy-microhei || exit 1

listing() { inside find / -xdev \( -path /proc -o -path /dev -o -path /var/lib/apt -o -path /var/cache -o -path /var/log -o -path /var/lib/dpkg -o -path /tmp -o -path /home -o -path /root \) -prune -o -print | sort; }

# ---- the package

cp "$deb" "$root/tmp/finetune-gui.deb"
begun=$SECONDS
# The libraries that it asks for stay when it goes: only what it brought itself is compared.
mapfile -t needed < <(dpkg-deb --field "$deb" Depends | tr ',' '\n' | sed 's/|.*//; s/(.*)//; s/ //g' | grep -v fonts-)
quiet_apt install "${needed[@]}" || exit 1
listing >"$build/before.txt"
check "the package installs" quiet_apt install /tmp/finetune-gui.deb
say "      $(du -m "$deb" | cut -f1) MB, installed $(du -sm "$root/usr/lib/finetune-gui" | cut -f1) MB, $((SECONDS - begun)) s"
rm "$root/tmp/finetune-gui.deb"

check "menu entry" inside desktop-file-validate /usr/share/applications/finetune-gui.desktop
check "icon in every size" inside sh -c 'test -s /usr/share/icons/hicolor/256x256/apps/finetune-gui.png && test -s /usr/share/icons/hicolor/scalable/apps/finetune-gui.svg'
mkdir -p "$root/home/$user/运行 1"
printf 'seed = 1\n' >"$root/home/$user/运行 1/recipe.toml"
printf 'x' >"$root/home/$user/运行 1/model.safetensors"
chown -R 1000:1000 "$root/home/$user"
kind() { as_user gio info -a standard::content-type "/home/$user/运行 1/$1" | grep -q "$2"; }
check "a recipe has its own type" kind recipe.toml application/vnd.finetune-gui.recipe
check "weights have theirs" kind model.safetensors application/vnd.safetensors
opens() { as_user gio mime "$1" | grep -q finetune-gui.desktop; }
check "the file manager opens a recipe with it" opens application/vnd.finetune-gui.recipe
check "and weights" opens application/vnd.safetensors

# ---- the program, as an ordinary user

# Its table goes to standard output; anything on standard error is not expected.
self_test() {
    local name=$1 status
    shift
    as_user "$@" finetune-gui self-test >"$build/self-test.out" 2>"$build/self-test.err"
    status=$?
    sed 's/^/      | /' "$build/self-test.out"
    if [ $status = 0 ] && [ ! -s "$build/self-test.err" ]; then
        pass "$name"
    else
        fail "$name (exit status $status)" "$(cat "$build/self-test.err")"
    fi
}
begun=$SECONDS
self_test "self-test, drawn into memory" env QT_QPA_PLATFORM=offscreen
say "      $((SECONDS - begun)) s"

mkdir -p /tmp/.X11-unix "$root/tmp/.X11-unix"
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
Xvfb ":$display" -screen 0 1280x800x24 >/dev/null 2>&1 &
for _ in $(seq 50); do [ -S "/tmp/.X11-unix/X$display" ] && break; sleep 0.1; done
self_test "self-test, on a display" env DISPLAY=":$display"

# ---- through the window

bash packaging/window_test.sh "$root" "$user" "$display" "$shots"
case $? in 0) pass "a training through the window" ;; *) fail "a training through the window" "$(tail -n 25 "$shots/log" 2>/dev/null)" ;; esac

# ---- and away again

check "the package is removed" quiet_apt purge finetune-gui
listing >"$build/after.txt"
left=$(diff "$build/before.txt" "$build/after.txt")
if [ -z "$left" ]; then pass "nothing is left of it"; else fail "nothing is left of it" "$left"; fi
check "the user's own runs are still there" test -d "$root/home/$user/.local/share/finetune-gui/runs"

# ---- the archive, without root

home=$root/home/$user
tar --use-compress-program=zstd -xf "$archive" -C "$home"
chown -R 1000:1000 "$home"
unpacked=/home/$user/$(basename "$archive" .tar.zst)
as_user find "/home/$user" -path "$unpacked" -prune -o -type f -print | sort >"$build/home-before.txt"
check "install.sh installs for one user" as_user "$unpacked/install.sh"
check "its program answers" as_user "/home/$user/.local/bin/finetune-gui" --version
check "its menu entry" inside desktop-file-validate "/home/$user/.local/share/applications/finetune-gui.desktop"
check "install.sh --remove removes" as_user "$unpacked/install.sh" --remove
as_user find "/home/$user" -path "$unpacked" -prune -o -type f -print | grep -v -e /mime/ -e mimeinfo.cache -e icon-theme.cache | sort >"$build/home-after.txt"
left=$(comm -13 "$build/home-before.txt" "$build/home-after.txt")
if [ -z "$left" ]; then pass "nothing is left of it either"; else fail "nothing is left of it either" "$left"; fi

if [ $failed = 0 ]; then
    say "All is well."
    sh packaging/tested.sh keep
else
    say "$failed failed."
fi
exit $((failed > 0))
