#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What `make demo` shows: this running Debian is split, a real-time cell and a second Debian run beside it, all is put together again.
# needs: guest
# timeout: 300
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

die() {
	echo "demo: $*"
	exit 1
}

run() {
	echo
	echo "root# $*"
	"$@" || die "'$*' failed"
}

# The ticker's buckets, by powers of two: what it took from the deadline to its handler. This is an emulator:
# the shape counts, not the time.
histogram() {
	console ticker | grep -E "^(ticker|latency):"
	console ticker | sed -n "s/^buckets //p" | tr " " "\n" |
		awk -F: '{ e = 1; while (e * 2 <= $1) e *= 2; count[e] += $2; if (e > top) top = e }
		END { for (e = 1; e <= top; e *= 2) { bar = ""; for (i = 0; i < count[e]; i += 40) bar = bar "#"
			if (count[e] || shown) { shown = 1; printf "%10d to %10d ticks %6d %s\n", e, 2 * e - 1, count[e], bar } } }'
	console ticker | grep "^tick " | tail -n 1
}

echo "--- a stock Debian, one kernel on four CPUs"
run uname -a
run cat /proc/cmdline
run cat /sys/devices/system/cpu/online

echo
echo "--- a hypervisor goes under the running kernel"
run insmod /lib/modules/bulkhead.ko
run cellctl enable
run cellctl status

echo
echo "--- a bare-metal cell with a 1 kHz timer"
run cellctl boot /cells/ticker.dts
wait_for 60 console_has ticker "^tick " || die "the ticker does not tick"
echo
echo "root# cellctl console ticker"
histogram

echo
echo "--- and a second Linux beside it"
run cellctl boot /cells/linux.dts
run cellctl list
wait_for 120 linux_has '^guest: ready' || die "the second Linux did not come up"

echo
echo "--- what the second Linux says"
linux_said | grep -E '^(Linux |guest: )'
linux_has '^guest: cpus 2$' || die "the second Linux has not 2 CPUs"

echo
echo "--- both alive at once, the root beside them"
run cat /sys/devices/system/cpu/online
[ "$(cell_state ticker)" = running ] && [ "$(cell_state linux)" = running ] || die "a cell does not run"
seen=$(console ticker | grep -c '^tick ')
more_ticks() { [ "$(console ticker | grep -c '^tick ')" -gt $((seen + 1)) ]; }
wait_for 30 more_ticks || die "the ticker stopped"
echo "... $(console ticker | tail -n 1)"

echo
echo "--- everything back"
run cellctl destroy linux
run cellctl destroy ticker
run cellctl disable
run rmmod bulkhead
run cat /sys/devices/system/cpu/online
[ "$(cpus_online)" = 0-3 ] || die "CPUs are missing"
echo
echo "demo: ok"
