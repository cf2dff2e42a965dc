#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A launch on trial: not confirmed it is undone, cells and all; confirmed it stays.
# set: full on qemu-arm64-ds0
# timeout: 180
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

off() { [ "$(cat /sys/class/misc/bulkhead/enabled)" = 0 ]; }
seconds() { cut -d. -f1 /proc/uptime; }
online() { [ "$(cpus_online)" = "$1" ]; }
later() { [ "$(seconds)" -ge $(($1 + 6)) ]; }

cpus=$(cpus_online)
check "module [RUN-001]" insmod /lib/modules/bulkhead.ko
begin=$(seconds)
check "enable on trial [LIFE-274]" cellctl enable --confirm 8
is "status says so [LIFE-274]" "$(status_of unconfirmed)" true
like "lock has to wait [LIFE-274]" "$(cellctl lock 2>&1)" '\[launch-unconfirmed\]'
check "a cell meanwhile [LIFE-274]" cell_boot ticker
check "not confirmed: gone [LIFE-274]" wait_for 60 off
check "not before its time [LIFE-274]" test "$(seconds)" -ge $((begin + 8))
is "no cell [LIFE-274]" "$(ls /sys/class/misc/bulkhead/cells)" ""
# On arm64 each goes through hotplug once more, one after the other.
check "CPUs are back [LIFE-274]" wait_for 60 online "$cpus"
is "the machine says not enabled [LIFE-274]" "$(cellctl list >/dev/null 2>&1; echo $?)" 4

check "enable on trial again [LIFE-275]" cellctl enable --confirm 4
check "confirm [LIFE-275]" cellctl confirm
is "status [LIFE-275]" "$(status_of unconfirmed)" false
check "the time goes by [LIFE-275]" wait_for 60 later "$(seconds)"
is "it stays [LIFE-275]" "$(status_of enabled)" true
like "nothing is left to confirm [LIFE-275]" "$(cellctl confirm 2>&1)" '\[launch-settled\]'
check "disable [RUN-001]" cellctl disable
check "enable on trial [LIFE-275]" cellctl enable --confirm 4
check "disabled by hand [LIFE-275]" cellctl disable
check "enable for good [LIFE-275]" cellctl enable
check "the time goes by [LIFE-275]" wait_for 60 later "$(seconds)"
is "the old trial does not end it [LIFE-275]" "$(status_of enabled)" true
check "disable [RUN-001]" bulkhead_down
done_testing
