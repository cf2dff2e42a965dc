#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root's kernel is stock and its command line holds nothing but the console and what boards.tsv says this board needs.
. /lib/bulkhead/tap.sh
plan 2
is "command line is the board's, nothing more" "$(cat /proc/cmdline)" "$(cat /run/harness/cmdline)"
like "the kernel is Debian's" "$(cat /proc/version)" 'Debian'
