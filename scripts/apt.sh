#!/bin/sh
# What Debian must provide: installed when root, else named with the line to run.
set -e
if [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -q -y --no-install-recommends "$@"; } >&2
else
  echo "Il manque à ce système : $*. En tant que root : apt-get install -y --no-install-recommends $*" >&2
  exit 1
fi
