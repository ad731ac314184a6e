#!/usr/bin/env bash
# Installs into a scratch folder and uses what is there as a user would who has no Swift and no checkout: every program
# answers and links nothing of Swift, a shipped configuration is found by its name and trained with, the completions
# load. Then takes all of it away.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "install: $1" >&2; exit 1; }

make -s install DESTDIR="$folder" PREFIX=/usr/pem
mv "$folder/usr/pem" "$folder/pem" # found from anywhere, not where it was said to go
bin=$folder/pem/bin
for program in "$bin"/*; do
  name=$(basename "$program")
  linked=$(ldd "$program")
  ! grep -E 'libswift|Foundation|not found' <<< "$linked" || fail "$name needs what a user may not have"
  version=$(env -i PATH="$bin:/usr/bin:/bin" "$name" --version)
  [[ $version == "PEM "* ]] || fail "$name --version: $version"
  script=$folder/pem/share/bash-completion/completions/$name
  bash -n "$script" || fail "bash cannot read $script"
  bash -c "source '$script' && complete -p '$name'" > /dev/null || fail "bash does not complete $name"
  [ -s "$folder/pem/share/zsh/site-functions/_$name" ] || fail "no completions of $name for zsh"
  [ -s "$folder/pem/share/fish/vendor_completions.d/$name.fish" ] || fail "no completions of $name for fish"
done

mkdir "$folder/elsewhere"
(
  cd "$folder/elsewhere"
  run() { env -i PATH="$bin:/usr/bin:/bin" "$@" > log 2>&1 || { cat log; fail "$*"; }; }
  run pem-data synth --output Datasets/demo/cityscapes --images 4 --size 64x128
  run pem-train --config demo.cfg --output out SOLVER.MAX_ITER 1 TEST.EVAL_PERIOD 0 INPUT.CROP.SIZE "(64, 128)" \
    INPUT.MIN_SIZE_TRAIN "[64]" INPUT.MIN_SIZE_TEST 64
  [ -s out/model_final.safetensors ] || fail "pem-train left no weights"
  run pem-doctor --quick
)

mkdir -p "$folder/usr"
mv "$folder/pem" "$folder/usr/pem"
make -s uninstall DESTDIR="$folder" PREFIX=/usr/pem
left=$(find "$folder/usr/pem" -type f)
[ -z "$left" ] || fail "make uninstall leaves $left"
echo "install: programs, completions and configurations work without Swift and without the checkout"
