#!/usr/bin/env bash
# kill-test.sh N: kills a small training N times (SIGKILL), before its file operations one after another and at random
# moments of the resumed run, resumes it to the end, and compares its files with those of a run that was never killed.
# With fewer kills than operations, they are spread over them. BIN is the folder of the executables; SEED makes other
# random moments.
set -euo pipefail
total=${1:?usage: kill-test.sh N}
bin=${BIN:-$(cd "$(dirname "$0")/.." && pwd)/.build/release}
RANDOM=${SEED:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$bin/pem-data" synth --output "$folder/data/cityscapes" --images 4 --size 64x128 > /dev/null
cat > "$folder/kill.cfg" << END
MODEL:
  META_ARCHITECTURE: "MaskFormer"
  BACKBONE: {NAME: "build_resnet_backbone", FREEZE_AT: 0}
  RESNETS:
    DEPTH: 50
    STEM_OUT_CHANNELS: 8
    RES2_OUT_CHANNELS: 8
    STRIDE_IN_1X1: False
    NORM: "SyncBN"
    OUT_FEATURES: ["res2", "res3", "res4", "res5"]
  SEM_SEG_HEAD:
    NAME: "MaskFormerHead"
    NUM_CLASSES: 19
    IGNORE_VALUE: 255
    CONVS_DIM: 16
    MASK_DIM: 16
    NORM: "BN"
    PIXEL_DECODER_NAME: "PEM_Pixel_Decoder"
    IN_FEATURES: ["res2", "res3", "res4", "res5"]
  MASK_FORMER:
    TRANSFORMER_DECODER_NAME: "PEMTransformerDecoder"
    HIDDEN_DIM: 16
    NUM_OBJECT_QUERIES: 8
    NHEADS: 2
    DIM_FEEDFORWARD: 32
    DEC_LAYERS: 4
    PRE_NORM: True
    ENFORCE_INPUT_PROJ: True
    DEEP_SUPERVISION: True
    NO_OBJECT_WEIGHT: 0.1
    CLASS_WEIGHT: 2.0
    MASK_WEIGHT: 5.0
    DICE_WEIGHT: 5.0
    SIZE_DIVISIBILITY: 32
    TRAIN_NUM_POINTS: 64
    TEST: {SEMANTIC_ON: True}
DATASETS:
  ROOT: "$folder/data"
  TRAIN: ("cityscapes_fine_sem_seg_train",)
  TEST: ("cityscapes_fine_sem_seg_val",)
SOLVER:
  OPTIMIZER: "ADAMW"
  BASE_LR: 0.002
  IMS_PER_BATCH: 2
  MAX_ITER: 7
  LR_SCHEDULER_NAME: "WarmupPolyLR"
  CHECKPOINT_PERIOD: 2
  CHECKPOINT_KEEP: 2
INPUT:
  MIN_SIZE_TRAIN: [48, 64]
  MIN_SIZE_TEST: 64
  PAD_TO_CROP: True
  CROP: {ENABLED: True, TYPE: "absolute", SIZE: [32, 64], SINGLE_CATEGORY_MAX_AREA: 1.0}
DATALOADER: {NUM_WORKERS: 1}
TEST: {EVAL_PERIOD: 3}
SEED: 5
END

train() { "$bin/pem-train" --config "$folder/kill.cfg" --output "$folder/$1" "${@:2}"; }

# The losses and scores of a run, without what a clock measured.
scores() { sed -E 's/"(time|data_time|images_per_second|memory_mb)": [0-9.]+,? ?//g' "$folder/$1/metrics.jsonl"; }

# kill-at-a-moment OUTPUT MILLISECONDS: whether the resumed run was still there to be killed.
kill_at_a_moment() {
  # Not by way of train: the process to kill would be a shell.
  "$bin/pem-train" --config "$folder/kill.cfg" --output "$folder/$1" --resume > "$folder/log" 2>&1 &
  local process=$!
  sleep "$(printf '%d.%03d' $(($2 / 1000)) $(($2 % 1000)))"
  kill -9 $process 2> /dev/null || true
  local status=0
  wait $process 2> /dev/null || status=$?
  [ $status = 137 ]
}

# Resumes to the end and compares with the run that was never killed.
finish_and_compare() {
  train killed --resume > "$folder/log" 2>&1 || { cat "$folder/log"; echo "$1: the resumed run failed"; exit 1; }
  for file in model_final.safetensors state_final.safetensors model_best.safetensors results.json; do
    cmp "$folder/whole/$file" "$folder/killed/$file" || { echo "$1: $file differs"; exit 1; }
  done
  [ "$(scores whole)" = "$(scores killed)" ] || { echo "$1: metrics.jsonl differs"; exit 1; }
}

start=$(date +%s%3N)
PEM_KILL_AT=0 train whole 2> "$folder/operations" > /dev/null || { cat "$folder/operations"; exit 1; }
length=$(($(date +%s%3N) - start))
operations=$(grep -c '^file operation' "$folder/operations")
chosen=$(((4 * total + 4) / 5))
[ $chosen -le "$operations" ] || chosen=$operations
kills=0
moments=0
for ((round = 0; kills < total; round++)); do
  rm -rf "$folder/killed"
  name="a random moment"
  if [ $round -lt $chosen ]; then
    number=$((1 + (2 * round + 1) * operations / (2 * chosen)))
    name=$(sed -n "s|$folder/||g; s|^file operation $number: |before |p" "$folder/operations")
    status=0
    PEM_KILL_AT=$number train killed > "$folder/log" 2>&1 || status=$?
    [ $status = 137 ] || { cat "$folder/log"; echo "$name: the run was not killed, status $status"; exit 1; }
    kills=$((kills + 1))
  fi
  if [ $((moments + chosen)) -lt "$total" ] && kill_at_a_moment killed $((RANDOM * length / 32768)); then
    kills=$((kills + 1))
    moments=$((moments + 1))
  fi
  finish_and_compare "$name"
done
echo "killed $total times ($chosen of $operations file operations, $moments random moments) and resumed: all bytes are equal"
