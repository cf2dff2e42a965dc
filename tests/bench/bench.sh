# SPDX-License-Identifier: GPL-2.0-only
# What the bench does in the root cell; figures come from the plugin's marks, judged on the host by tests/bench/run.
# boot: own
# timeout: 600
# plugin: yes
# qemu: -rtc base=2026-01-01,clock=vm -seed 1 -icount shift=0,sleep=off
# files: BUILD/bench/bench.dts BUILD/bench/bench.elf
. /lib/bulkhead/tap.sh

set -e
say() { echo "bench: $*"; }

console_has() { cellctl console bench | grep -q "$1"; }

insmod /lib/modules/bulkhead.ko
mark 10 >/dev/null
cellctl enable
mark 11 >/dev/null
say "enabled $(cellctl status --json | tr -d '\n')"
mark 12 >/dev/null
cellctl create /data/bench.dts
mark 13 >/dev/null
say "created $(cellctl show bench --json | tr -d '\n')"
cellctl load bench /data/bench.elf
mark 14 >/dev/null
cellctl start bench
until_true 100 console_has "bench: "
cellctl console bench
console_has "bench: done"
say "stats1 $(cellctl stats --json | tr -d '\n')"
mark 16 >/dev/null
cellctl destroy bench
mark 17 >/dev/null
say "destroyed $(cellctl status --json | tr -d '\n')"
mark 18 >/dev/null
cellctl disable
mark 19 >/dev/null
