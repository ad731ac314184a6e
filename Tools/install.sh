#!/usr/bin/env bash
# install.sh install BIN PROGRAM...: puts the programs from the folder BIN, their completions for bash, zsh and fish and
# the configurations below PREFIX (default /usr/local). install.sh uninstall: takes away what share/pem/installed lists.
# With DESTDIR all of it lies below that folder, as a package's builder wants it.
set -euo pipefail
root=${DESTDIR:-}${PREFIX:-/usr/local}
list=$root/share/pem/installed

uninstall() {
  while IFS= read -r file; do rm -f "$root/$file"; done < "$list"
  rm -f "$list"
  find "$root/share/pem" -depth -type d -empty -delete
}

# put FILE NAME MODE: as NAME below the prefix, whoever's file was there of an earlier installation.
put() {
  install -D -m "$3" "$1" "$root/$2"
  echo "$2" >> "$list"
}

case ${1:-} in
install)
  bin=$2
  shift 2
  [ ! -e "$list" ] || uninstall
  mkdir -p "$root/share/pem"
  : > "$list"
  script=$(mktemp)
  trap 'rm -f "$script"' EXIT
  for program in "$@"; do
    put "$bin/$program" "bin/$program" 755
    for shell in bash zsh fish; do
      case $shell in
      bash) name=share/bash-completion/completions/$program ;;
      zsh) name=share/zsh/site-functions/_$program ;;
      fish) name=share/fish/vendor_completions.d/$program.fish ;;
      esac
      "$bin/$program" --generate-completion-script "$shell" > "$script"
      put "$script" "$name" 644
    done
  done
  while IFS= read -r file; do put "$file" "share/pem/$file" 644; done < <(find Configs -type f \( -name '*.cfg' -o -name '*.json' \) | sort)
  echo "installed in $root: $*"
  ;;
uninstall)
  [ -e "$list" ] || { echo "nothing is installed in $root: there is no $list" >&2; exit 1; }
  uninstall
  echo "removed from $root"
  ;;
*)
  echo "usage: install.sh install BIN PROGRAM... | install.sh uninstall" >&2
  exit 64
  ;;
esac
