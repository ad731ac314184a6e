#!/usr/bin/env bash
# A whole run on a data set made here: synth, train, evaluate, overlays. DEMO_ITERATIONS shortens the training.
set -euo pipefail
bin=$1
data=Datasets/demo
output=output/demo
rm -rf "$output"

"$bin/pem-data" synth --output "$data/cityscapes" --images 64 --size 256x512 --seed 1
options=()
[ -n "${DEMO_ITERATIONS:-}" ] && options+=(SOLVER.MAX_ITER "$DEMO_ITERATIONS")
"$bin/pem-train" --config Configs/demo.cfg --output "$output" DATASETS.ROOT "$data" "${options[@]}"
"$bin/pem-eval" --config Configs/demo.cfg --weights "$output/model_final.safetensors" \
  OUTPUT_DIR "$output" DATASETS.ROOT "$data"
images=$(find "$data/cityscapes/leftImg8bit/val" -name '*_leftImg8bit.png' | sort | head -n 4)
# shellcheck disable=SC2086
"$bin/pem-predict" --config Configs/demo.cfg --weights "$output/model_final.safetensors" \
  --output "$output/predictions" $images DATASETS.ROOT "$data"
echo "overlays and label maps: $output/predictions"
