#!/usr/bin/env bash
# Says where a Swift target imports what Package.swift does not declare for it, or declares what it does not import.
set -u
status=0
# A line a target: name, folder, declared modules.
targets() {
  grep -vE '^ *//' Package.swift | tr '\n' ' ' \
    | sed -E 's/\.(executableTarget|testTarget|target)\(/\n\1 /g' | grep -E '^(executableTarget|testTarget|target) +name:' \
    | while read -r kind rest; do
        name=$(sed -E 's/^name: "([^"]*)".*/\1/' <<<"$rest")
        folder=$(sed -nE 's/.*path: "([^"]*)".*/\1/p' <<<"$rest")
        [ -z "$folder" ] && { [ "$kind" = testTarget ] && folder=Tests/$name || folder=Sources/$name; }
        modules=$(sed -nE 's/.*dependencies: \[([^]]*)\].*/\1/p' <<<"$rest" \
          | sed -E 's/, package: "[^"]*"//g; s/\bargumentParser\b/"ArgumentParser"/g; s/\btiff\b/"CTIFF"/g' | grep -oE '"[^"]+"' | tr -d '"')
        echo "$name $folder" $modules
      done
}
while read -r name folder declared; do
  [ -n "$(find "$folder" -name '*.swift' -print -quit)" ] || continue
  imported=$(find "$folder" -name '*.swift' -exec sed -nE 's/^ *(@testable |package |public )?import ([A-Za-z0-9_]+).*/\2/p' {} + \
    | grep -vxE 'Foundation|FoundationEssentials|FoundationXML|Glibc|Testing|Synchronization|Dispatch' | sort -u)
  imported=$(sed "s/^pem_/pem-/" <<<"$imported")
  declared=$(tr ' ' '\n' <<<"$declared" | sed '/^$/d' | sort -u)
  extra=$(comm -13 <(echo "$imported") <(echo "$declared") | tr '\n' ' ')
  lacking=$(comm -23 <(echo "$imported") <(echo "$declared") | tr '\n' ' ')
  [ -n "${lacking// /}" ] && { echo "$name imports without declaring: $lacking"; status=1; }
  [ -n "${extra// /}" ] && { echo "$name declares without importing: $extra"; status=1; }
done < <(targets)
exit $status
