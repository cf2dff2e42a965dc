#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The host's side of core.t: each core file the script printed, before a debugger that has the probe's program. Prints, behind the probe's
# name, what the debugger says, with `stack N` for the bytes on the probe's stack, and `line FILE:LINE`, where the source has its access.
# usage: core.sh LOGS BUILD
set -u
cd "$(dirname "$0")/../../.." || exit 1
arch=$(basename "$2")
source=inmates/lib/$arch/attack.h
case $arch in
x86) top='((char *)port_stacks + sizeof(port_stacks[0]))' ;;
*) top='(char *)&boot_stack_top' ;;
esac

for probe in read write; do
	core=$1/$probe.core
	tr -d '\r' <"$1/T.log" | sed -n "s/^# core of $probe: //p" | base64 -d >"$core"
	{
		timeout 60 gdb-multiarch -nx -batch -ex 'printf "bt: "' -ex bt -ex 'printf "pc %#lx\n", (long)$pc' \
			-ex "printf \"stack %ld\\n\", $top - (char *)\$sp" "$2/inmates/probes/$probe.elf" "$core" </dev/null 2>&1
		awk -v start="attack_$probe(" -v file="$source" 'index($0, start) { inside = 1 }
			inside && /asm volatile/ { print "line " file ":" NR; exit }' "$source"
	} | sed "s/^/$probe: /"
done
