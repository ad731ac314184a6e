#!/usr/bin/env bash
# Installs the system packages that the build needs and does not find (as root, or with sudo); with "traits" those of
# all package traits, too; with "browser" Chromium, in which tests look at the pages that are written.
set -euo pipefail

missing=()
libraries=(libpng:libpng-dev libjpeg:libjpeg-dev)
[ "${1:-}" = traits ] && libraries+=(libtiff-4:libtiff-dev)
for pair in "${libraries[@]}"; do
  pkg-config --exists "${pair%%:*}" 2>/dev/null || missing+=("${pair##*:}")
done
# Loaded while the programs run, not linked.
PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep libopenblas >/dev/null || missing+=(libopenblas0)
if [ "${1:-}" = browser ]; then
  command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || missing+=(chromium)
fi
command -v pkg-config >/dev/null 2>&1 || missing+=(pkg-config)
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "missing: ${missing[*]} (or what your system calls them). Install them and run make again." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "missing: ${missing[*]}. Install them as root and run make again." >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
