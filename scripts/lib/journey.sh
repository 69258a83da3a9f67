# What scripts/package-journey and scripts/image-journey share: the journey of scripts/demo with a program that is somewhere else, played by an
# unprivileged user. Sourced; the script that does so stands in the root of the source tree.
# shellcheck shell=bash disable=SC2034 # what is set here is used there

name=${0##*/} user=10001

fail() { echo "$name: $1" >&2; exit "${2:-1}"; }

# begin TOOLS BUILD: the tools are there, $build is a folder with the program and the practice services, $work one that goes when this ends,
# $play one of the user's in it.
begin() {
  [ "$(id -u)" = 0 ] || fail "run it as root: a Debian root is made and entered"
  scripts/install-deps --tools "$1"
  build=$2
  if [ ! -x "$build/icloud2immich" ] || [ ! -x "$build/practice-cloud" ]; then
    cmake --preset ci >/dev/null
    cmake --build build/ci --target icloud2immich practice-cloud -- --quiet
    build=build/ci
  fi
  work=$(mktemp -d)
  trap 'rm -rf --one-file-system "$work"' EXIT
  # mktemp closes its folder to others; the journey is another user's.
  chmod 755 "$work"
  play=$work/play programs=$work/programs
  mkdir "$play" "$programs"
  chown "$user:$user" "$play"
}

as_user() { setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs env HOME="$play" "$@"; }

# play_with WORD...: the journey calls icloud2immich, which is the last of these words, behind the others, and its own.
play_with() {
  cp "$build/practice-cloud" "$programs/"
  { printf '#!/bin/sh\nexec'; printf " '%s'" "$@"; printf ' "$@"\n'; } >"$programs/icloud2immich"
  chmod 755 "$programs/icloud2immich"
  as_user "$programs/icloud2immich" --version
  as_user python3 scripts/lib/demo.py "$programs" --keep "$play/kept"
}
