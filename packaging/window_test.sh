#!/usr/bin/env bash
# window_test.sh ROOT USER DISPLAY OUT: a training through the installed program's window, with the
# keyboard alone, on the demo photos; pictures of it go to OUT.
set -uo pipefail

root=$1
user=$2
display=$3
out=$4
export DISPLAY=":$display"

exec >"$out/log" 2>&1

chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME="/home/$user" DISPLAY="$DISPLAY" \
    setpriv --reuid="$user" --regid="$user" --init-groups \
    finetune-gui-window --demo >"$out/stdout" 2>"$out/stderr" &
program=$!
begun=$(date +%s.%N)

# wait_for SECONDS COMMAND...: until COMMAND succeeds.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        kill -0 $program 2>/dev/null || { echo "the program ended"; return 1; }
        [ $SECONDS -lt $end ] || { echo "waited in vain for: $*"; return 1; }
        sleep 0.1
    done
}
picture() { import -window root "$out/$1.png"; }
runs=$root/home/$user/.local/share/finetune-gui/runs

wait_for 60 xdotool search --onlyvisible --name Finetune || exit 1
echo "window after $(echo "$(date +%s.%N) - $begun" | bc) s"
window=$(xdotool search --onlyvisible --name Finetune | tail -n 1)
xdotool windowfocus "$window"
sleep 2
picture start
# The greeting of the first start, if it is there.
xdotool key --window "$window" Escape
xdotool key --window "$window" ctrl+4
# Start is allowed as soon as torch is there; Ctrl+Return presses it.
started() { xdotool key --window "$window" ctrl+Return; ls "$runs"/*/recipe.toml; }
wait_for 120 started || { picture stuck; exit 1; }
sleep 5
picture training
ended() { grep -q '"kind":"run_finished"' "$runs"/*/events.jsonl; }
wait_for 600 ended || { picture stuck; exit 1; }
sleep 2
picture finished
grep -o '"kind":"evaluated".*"accuracy":[0-9.]*' "$runs"/*/events.jsonl | tail -n 1
xdotool key --window "$window" ctrl+5
sleep 3
picture evaluate
kill -TERM $program
wait $program
status=$?
echo "exit status $status"
[ $status = 0 ] && [ ! -s "$out/stderr" ] || { cat "$out/stderr"; exit 1; }
