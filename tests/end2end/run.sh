#!/usr/bin/env bash
# The whole way through the command line, as a person or a script goes it: train, lose the process,
# resume, evaluate, predict; then the small commands, awkward paths and wrong input.
# Uses the real photos in ../shared/data where they are, else the demo photos.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
python=$PWD/.venv/bin/python
program=$PWD/.venv/bin/finetune-gui

base=$(mktemp -d)
awkward="$base/照片 与 空格"
mkdir -p "$awkward" "$base/out"

real=$PWD/../shared/data/grocery-mini
if [ -d "$real/train" ]; then
    dataset=$real/train
    unseen=$real/test
    floor=0.8
else
    dataset=$PWD/resources/demo/fashion
    unseen=
    floor=0.6
fi

passed=0
failed=0

pass() {
    passed=$((passed + 1))
    printf 'ok    %s\n' "$1"
}

# fail NAME: with what the last command said, to be read in a log that is all there is.
fail() {
    failed=$((failed + 1))
    printf 'FAIL  %s (exit status %s)\n' "$1" "$status"
    tail -n 15 "$base/out/stderr" | sed 's/^/      | /'
}

# check NAME COMMAND...: passes when COMMAND succeeds.
check() {
    local name=$1
    shift
    if "$@"; then pass "$name"; else fail "$name"; fi
}

# A hang must show as a failure, not eat the time of everything after it.
if command -v timeout >/dev/null; then limit=(timeout --kill-after=10 600); else limit=(); fi

# cli ARGUMENT...: runs the program; leaves its exit status in $status and its words in out/.
cli() {
    ${limit[@]+"${limit[@]}"} "$program" --basedir "$base/home" "$@" \
        >"$base/out/stdout" 2>"$base/out/stderr" </dev/null
    status=$?
}

# answers NAME EXPRESSION [VALUE...]: the command exited 0 and its standard output is JSON alone,
# for which a Python expression of `d` (and of the values, `v`) holds.
answers() {
    check "$1" answers_json "${@:2}"
}
answers_json() {
    [ "$status" = 0 ] && "$python" - "$base/out/stdout" "$@" <<'PY' 2>>"$base/out/stderr"
import json, math, os, sys
_, file, expression, *v = sys.argv
with open(file, encoding="utf-8") as lines:
    d = json.load(lines)
if not eval(expression):
    sys.exit(f"does not hold: {expression}\nfor: {json.dumps(d, ensure_ascii=False)[:1000]}")
PY
}

# refuses NAME STATUS: the command exited so, with a plain sentence and not a traceback.
refuses() {
    check "$1" refused "$2"
}
refused() {
    [ "$status" = "$1" ] && [ -s "$base/out/stderr" ] && [ ! -s "$base/out/stdout" ] &&
        ! grep -q Traceback "$base/out/stderr"
}

has_lines() { [ "$(grep -c . "$2")" = "$1" ]; }
happened() { grep -Eq "\"kind\": ?\"$1\"" "$2"; }

# An epoch is told just before its state is saved.
saved_an_epoch() {
    sed -n '/"kind": *"epoch"/,$p' "$1" | grep -Eq '"kind": ?"checkpoint"'
}

# start_training SIGNAL RUN ARGUMENT...: trains until the first epoch is over, sends the signal,
# and leaves the exit status in $status.
start_training() {
    local signal=$1 run=$2 pid
    shift 2
    : >"$base/out/stdout"
    # Job control, since a background process of a script ignores SIGINT otherwise.
    set -m
    "$program" --basedir "$base/home" train "$dataset" --out "$run" --json "$@" \
        >"$base/out/stdout" 2>"$base/out/stderr" </dev/null &
    pid=$!
    set +m
    for _ in $(seq 3000); do
        if saved_an_epoch "$base/out/stdout" || ! kill -0 "$pid" 2>/dev/null; then break; fi
        sleep 0.1
    done
    kill "-$signal" "$pid" 2>/dev/null
    # A process that does not heed the signal must not hold up the rest.
    for _ in $(seq 600); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    status=$?
}

files_of() { (cd "$1" && find . -type f -exec cksum {} + | sort); }

# The last line may be cut short by the kill; every other one is a whole event.
whole_events() {
    "$python" - "$1" <<'PY'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    lines = file.read().split("\n")[:-1]
sys.exit(not lines or not all("kind" in json.loads(line) for line in lines))
PY
}

# --- a run that loses its process -----------------------------------------------------------------

run=$base/run
# Where three epochs are over before the signal arrives, more of them are not.
for epochs in 3 60; do
    rm -rf "$run"
    start_training KILL "$run" --set "train.epochs=$epochs"
    [ "$status" = 0 ] || break
done
was_cut_off() { [ "$status" = 137 ] && happened epoch "$base/out/stdout"; }
check "train: an epoch ended and the process was killed" was_cut_off
check "train --json: every line is an event" whole_events "$base/out/stdout"
check "train: the recipe says what was asked for" grep -q "epochs = $epochs" "$run/recipe.toml"

cli resume "$run"
check "resume: exits with 0" test "$status" = 0
check "resume: the run is finished" happened run_finished "$run/events.jsonl"
check "resume: the events are whole" whole_events "$run/events.jsonl"
check "resume: does not begin anew" grep -Eq '"resumed_at_step": ?[1-9]' "$run/events.jsonl"
for file in manifest.json model.safetensors model.json log.txt evaluation/metrics.json \
    evaluation/confusion_matrix.csv evaluation/predictions.csv; do
    check "the run holds $file" test -s "$run/$file"
done

# --- evaluate -------------------------------------------------------------------------------------

matrix='sum(map(sum, d["confusion_matrix"])) == d["n"] > 0
    and len(d["classes"]) == len(d["confusion_matrix"])
    and set(d["per_class"]) == set(d["classes"])
    and all(set(c) == {"precision", "recall", "f1", "support"} for c in d["per_class"].values())
    and 0 <= d["macro_f1"] <= 1'
matrix=${matrix//$'\n'/ }
cli evaluate "$run" --json
answers "evaluate: the matrix and the classes agree" "$matrix"
answers "evaluate: accuracy is at least $floor" 'd["accuracy"] >= float(v[0])' "$floor"
if [ -n "$unseen" ]; then
    cli evaluate "$run" --data "$unseen" --json
    answers "evaluate --data: the matrix and the classes agree" "$matrix"
    answers "evaluate --data: accuracy on unseen photos is at least $floor" \
        'd["accuracy"] >= float(v[0])' "$floor"
fi

# --- predict, with spaces and Chinese in the path, and a picture that is none ---------------------

for folder in "$dataset"/*/; do
    mkdir -p "$awkward/$(basename "$folder")"
    find "$folder" -type f | sort | head -n 8 | while IFS= read -r photo; do
        cp "$photo" "$awkward/$(basename "$folder")/图 $(basename "$photo")"
    done
done
chmod -R u+w "$awkward"
photo=$(find "$awkward" -type f | sort | head -n 1)
class=$(basename "$(dirname "$photo")")
broken="$base/坏 图.jpg"
head -c 200 "$photo" >"$broken"

good='abs(sum(p["probabilities"].values()) - 1) < 1e-3
    and p["label"] == max(p["probabilities"], key=p["probabilities"].get)
    and math.isclose(p["confidence"], p["probabilities"][p["label"]], abs_tol=1e-6)'
good=${good//$'\n'/ }
cli predict "$run" "$photo" --json
answers "predict: one photo, one answer" \
    "len(d) == 1 and all($good and os.path.samefile(p['path'], v[0]) for p in d)" "$photo"
cli predict "$run" "$awkward/$class" "$broken" --json --csv "$base/结 果.csv"
answers "predict: a folder, and a broken picture named with its reason" \
    "len(d) == 9 and sum('error' in p for p in d) == 1 and all($good for p in d if 'error' not in p)"
check "predict --csv: a header and nine lines" has_lines 10 "$base/结 果.csv"

# --- check, and a whole run on the awkward path ---------------------------------------------------

cli check "$dataset" --json
answers "check: counts every photo" 'd["n"] == sum(d["classes"].values()) == int(v[0])' \
    "$(find "$dataset" -type f | wc -l)"

cp "$broken" "$awkward/$class/"
before=$(files_of "$awkward")
cli check "$awkward" --json
answers "check: names the broken picture" \
    'any(any("坏 图.jpg" in p for p in i["paths"]) and i["kind"] and i["detail"] for i in d["issues"])'
cli train "$awkward" --out "$base/运行 一" --set train.epochs=1
check "train: a path with spaces and Chinese" test "$status" = 0
check "train: ... and its model" test -s "$base/运行 一/model.safetensors"
check "the user's folder is as it was" test "$before" = "$(files_of "$awkward")"

start_training INT "$base/cancelled" --set train.epochs=60
check "train: Ctrl-C ends it with 130" test "$status" = 130

# --- the learning rate ------------------------------------------------------------------------------

cli find-lr "$dataset" --set model.input_size=32 --set model.freeze=all_but_last_stage --json
answers "find-lr: the rates rise, and the suggestion is one of them or null" \
    '(len(d["points"]) > 9 and all(set(p) == {"lr", "loss", "smoothed"} for p in d["points"])
    and all(a["lr"] < b["lr"] for a, b in zip(d["points"], d["points"][1:]))
    and (d["suggestion"] is None or 1e-6 <= d["suggestion"] <= 1) and d["verdict"] and d["reason"])'
check "find-lr: no run is left" test -z "$(ls -A "$base/home/data/runs" 2>/dev/null)"

# --- trials: folds and a search ---------------------------------------------------------------------

cli cross-validate "$awkward" --folds 3 --baseline --out "$base/三 折" --json
answers "cross-validate: every photo is judged once, test photos stay out" \
    '(d["complete"] and sum(f["n"] for f in d["per_fold"]) == sum(map(sum, d["confusion_matrix"]))
    and len(d["per_fold"]) == 3 and 0.3 <= d["metrics"]["accuracy"]["mean"] <= 1)'
check "cross-validate: each fold is a run" test -s "$base/三 折/fold-3/model.safetensors"
cli cross-validate "$awkward" --folds 3 --baseline --out "$base/三 折" --json
check "cross-validate: the same folder is not trained again" \
    test -z "$(find "$base/三 折" -name model.safetensors -newer "$base/三 折/results.json")"

quick=(--set model.freeze=backbone --set train.epochs=1 --range optim.lr=0.001..0.01)
cli tune "$awkward" --trials 2 "${quick[@]}" --out "$base/搜 索" --json
answers "tune: two trials, the best of them and a verdict" 'len(d["trials"]) == 2 and d["verdict"]'
check "tune: each trial is a run" test -s "$base/搜 索/trials/0001/recipe.toml"

# --- what a run can be made into --------------------------------------------------------------------

cli export "$run" --format onnx --out "$base/模 型.onnx"
check "export: as ONNX" test -s "$base/模 型.onnx"
cli export "$run" --format script --out "$base/代 码.py"
check "export: as a script that Python can read" "$python" -m py_compile "$base/代 码.py"
cli export "$run" --format notebook --out "$base/笔 记.html"
check "export: the lab notebook" grep -q "</html>" "$base/笔 记.html"

# --- the small commands ---------------------------------------------------------------------------

cli models --json
answers "models: there are some" 'len(d) > 0'
cli doctor --json
answers "doctor: has something to say" 'len(d) > 0'
cli self-test
check "self-test" test "$status" = 0

# --- wrong input ----------------------------------------------------------------------------------

mkdir "$base/empty"
cli train "$base/empty" --out "$base/none"
refuses "train: an empty folder is refused" 1
check "train: ... in one line" has_lines 1 "$base/out/stderr"
cli check "$base/not-there"
refuses "check: a folder that is not there is refused" 1
cli predict "$base/empty" "$photo" --json
refuses "predict: a folder that is no run is refused" 1
cli resume "$base/empty"
refuses "resume: a folder that is no run is refused" 1
cli train
refuses "train: nothing to train on is wrong usage" 2
cli no-such-command
refuses "an unknown command is wrong usage" 2
cli train "$dataset" --no-such-option
refuses "an unknown option is wrong usage" 2

if [ "$failed" = 0 ]; then rm -rf "$base"; else printf 'what it left: %s\n' "$base"; fi
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
