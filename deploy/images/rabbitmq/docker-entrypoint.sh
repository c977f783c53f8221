#!/bin/sh
# The official image's entry point prepares settings from variables; ours come from files.
set -eu
exec "$@"
