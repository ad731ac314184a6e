#!/usr/bin/env bash
# public-api.sh [write] FOLDER: compares what the libraries built in FOLDER (.build/release) offer with the lists in
# Docs/API, and their documentation's form with DocC; "write" makes the lists anew. Nothing is compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
write=
[ "$1" = write ] && { write=1; shift; }
build=$1
tools=$(dirname "$(readlink -f "${SWIFT:-$(command -v swift || echo /opt/swift/usr/bin/swift)}")")
target=$("$tools/swift" -print-target-info | sed -nE 's/.*"unversionedTriple": "([^"]*)".*/\1/p' | head -n 1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
options=(-I "$build/Modules" -sdk / -target "$target" -module-cache-path "$scratch/cache")
# Modules of C are hidden in the libraries, and needed to load them.
for map in "$build"/*.build/module.modulemap Sources/CLib*/module.modulemap Sources/CZLib/module.modulemap \
  .build/checkouts/Yams/Sources/CYaml/include/module.modulemap; do
  options+=(-I "$(dirname "$map")")
done
status=0
for module in SegmentationNetworks SegmentationTraining; do
  "$tools/swift-synthesize-interface" -module-name "$module" "${options[@]}" | grep -v '^import ' | sed '/./,$!d' > "$scratch/$module.txt"
  # The line before a declaration belongs to its documentation, or is an attribute.
  undocumented=$(awk '/^ *((@[A-Za-z]+|final|convenience|static) )*public / && before !~ /^ *(\/\/\/|@)/ {print} {before = $0}' "$scratch/$module.txt")
  [ -z "$undocumented" ] || { printf 'without documentation in %s:\n%s\n' "$module" "$undocumented"; status=1; }
  if [ -n "$write" ]; then
    mkdir -p Docs/API
    cp "$scratch/$module.txt" "Docs/API/$module.txt"
  elif ! diff -u "Docs/API/$module.txt" "$scratch/$module.txt"; then
    echo "$module offers something else than Docs/API/$module.txt says: if that is meant, run Tools/public-api.sh write $build"
    status=1
  fi
  mkdir -p "$scratch/graphs-$module"
  "$tools/swift-symbolgraph-extract" -module-name "$module" -minimum-access-level public -output-dir "$scratch/graphs-$module" "${options[@]}"
  "$tools/docc" convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$scratch/graphs-$module" \
    --fallback-display-name "$module" --fallback-bundle-identifier "pem.$module" --warnings-as-errors \
    --output-path "$scratch/$module.doccarchive" 2>&1 | sed '/^$/d' || status=1
done
exit $status
