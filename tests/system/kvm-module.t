#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# KVM as a module: with it loaded enable is refused, while enabled it cannot be loaded, and afterwards it runs a guest.
# boards: qemu-riscv-aia qemu-x86-amd
# boot: own
# timeout: 120
# modules: irqbypass kvm
# files: BUILD/tests/kvmguest
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

load() { insmod /lib/modules/kvm.ko; }
# x86: a guest would want kvm-amd and its many friends, which need this one.
runs() { [ "$(uname -m)" = x86_64 ] || check "$1" /data/kvmguest; }

check "what it needs [ROOT-009]" insmod /lib/modules/irqbypass.ko
check "load [ROOT-009]" load
runs "a guest runs [ROOT-009]"
insmod /lib/modules/bulkhead.ko
text=$(cellctl enable 2>&1)
like "enable is refused, with id and fix [ROOT-009]" "$text" "error \[kvm-in-use\]: .*KVM.*; fix: ."
check "unload [ROOT-009]" rmmod kvm
check "enable [RUN-001]" bulkhead_up
check "it cannot be loaded now [ROOT-009]" sh -c '! insmod /lib/modules/kvm.ko 2>/dev/null'
check "boot [RUN-001]" cell_boot hello
check "destroy [RUN-001]" cellctl destroy hello
check "disable [RUN-001]" bulkhead_down
check "load afterwards [ROOT-009]" load
runs "a guest runs afterwards [ROOT-009]"
rmmod kvm
rmmod irqbypass
done_testing
