#!/usr/bin/env bash
# Makes a virtual environment in the folder $1 for the tests that compare with official Python code: the official
# scorers, TensorBoard, and torch where pip is configured with a build of it at hand (the one for every machine has gigabytes).
# Says what it could not install; tests that need it are then skipped.
set -u
python=$1/bin/python
has() { "$python" -c "import $1" 2>/dev/null; }
install() { timeout 300 "$python" -m pip install -q --no-compile --disable-pip-version-check --retries 1 "$@"; }

if ! "$python" -c '' 2>/dev/null && ! python3 -m venv "$1"; then
  rm -rf "$1"
  echo "no python3 with venv: comparisons with official Python code are skipped"
  exit 0
fi
if ! has 'numpy, PIL, pycocotools, cityscapesscripts' && ! install numpy pillow pycocotools cityscapesscripts; then
  echo "numpy, pillow, pycocotools and cityscapesscripts cannot be installed: comparisons with them are skipped"
fi
if ! has 'tensorboard' && ! install tensorboard; then
  echo "tensorboard cannot be installed: reading event files with it is skipped, and fails where CI is set"
fi
if ! has 'torch, safetensors'; then
  if install --no-index --no-deps torch 2>/dev/null; then
    install torch safetensors || echo "what torch needs cannot be installed: comparisons with torch are skipped"
  else
    echo "pip has no build of torch at hand (find-links): comparisons with torch are skipped"
  fi
fi
