#!/usr/bin/env bash
# What a reader would trip over: traps in libraries, long lines, long files, paths of a machine, imports that are not
# declared, and files that are not formatted.
set -u
status=0
complain() { [ -n "$2" ] && { printf '%s\n%s\n' "$1" "$2"; status=1; }; }
complain 'traps and prints in libraries:' \
  "$(git grep -nE 'fatalError\(|try!|\bprint\(' -- 'Sources/*.swift' ':!Sources/pem-*')"
complain 'lines over 120 characters:' "$(LC_ALL=C.UTF-8 git grep -nP '^.{121,}' -- '*.swift' '*.c' '*.h' ':!*.pb.swift')"
complain 'files over 400 lines:' \
  "$(git ls-files '*.swift' '*.c' '*.h' ':!*.pb.swift' | while read -r f; do [ "$(wc -l <"$f")" -gt 400 ] && echo "$f"; done)"
complain 'paths of a machine:' "$(git grep -nE '/(work|root|home)/[a-z.]+' -- . ':!*.png' ':!Tools/lint.sh')"
complain 'imports and Package.swift:' "$(Tools/check-imports.sh)"
swift=${SWIFT:-$(command -v swift || echo /opt/swift/usr/bin/swift)}
complain 'not formatted (swift format -i -r -p Sources Tests Benchmarks Examples Package.swift):' \
  "$("$swift" format lint -r -p Sources Tests Benchmarks Examples Package.swift 2>&1)"
exit $status
