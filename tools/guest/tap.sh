# SPDX-License-Identifier: GPL-2.0-only
# TAP for scripts in the root cell: `. /lib/bulkhead/tap.sh`. Works on any POSIX shell and knows no transport.
# Call these from the script's own shell, not from a subshell: they count.

tap_count=0
tap_failed=0

plan() { echo "1..$1"; }

diag() { printf '%s\n' "$*" | sed 's/^/# /'; }

pass() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

fail() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $*"
}

# How often or how long: the first in the quick set, the second elsewhere.
quick_or_full() { if [ -e /run/harness/quick ]; then echo "$1"; else echo "$2"; fi; }

# check NAME COMMAND...: passes if the command succeeds; its output is shown if it does not
check() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1); then
		pass "$tap_name"
	else
		fail "$tap_name"
		diag "failed: $*"
		diag "$tap_out"
	fi
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1"
		diag "     got: $2"
		diag "expected: $3"
	fi
}

# like NAME TEXT REGEX (extended)
like() {
	if printf '%s\n' "$2" | grep -qE -e "$3"; then
		pass "$1"
	else
		fail "$1"
		diag "     got: $2"
		diag "expected: /$3/"
	fi
}

# skip NAME HEADING: the heading must stand in CAVEATS.md
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# For scripts that cannot know their number of points beforehand.
done_testing() {
	echo "1..$tap_count"
	[ $tap_failed = 0 ]
}

# host_ask WHAT: prints a file the harness holds: plugin, the log so far of a channel (K, U1, ...), or what its program says
host_ask() {
	echo "host: ask $1" >&3
	while read -r tap_line <&3; do
		[ "$tap_line" = "host: end" ] && return 0
		printf '%s\n' "$tap_line"
	done
	return 1
}

# host_say TEXT: something a qmp-on directive waits for
host_say() { echo "host: say $*" >&3; }

# until_true SECONDS COMMAND...: polls ten times a second
until_true() {
	tap_tries=$(($1 * 10))
	shift
	while [ $tap_tries -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		tap_tries=$((tap_tries - 1))
		usleep 100000 2>/dev/null || sleep 1
	done
	return 1
}
