#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root's own kernel reads what it gave away, in the three ways a user can make it: each is refused and shows nothing of what is
# there, the root lives. The same ways do show memory that is the root's.
# boards: -qemu-arm64-ds0
# timeout: 120
# files: BUILD/tests/physread BUILD/tests/canary BUILD/tests/word BUILD/tests/nofault
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data

victim() { # name, physical address, size
	address=$(physread address "$2")
	like "$1: has an address in the linear map [ROOT-007]" "$address" '^0xff'
	is "$1: copy_from_kernel_nofault faults [ROOT-007]" "$(nofault "$address")" "(fault)"
	is "$1: /proc/kcore shows nothing but zeros [ROOT-007]" "$(physread kcore "$2" "$3" 2>&1)" 0x0
	is "$1: /dev/mem is refused [ROOT-007]" "$(physread devmem "$2" 2>&1)" "error: /dev/mem: Operation not permitted"
}

check "enable [RUN-001]" bulkhead_up
check "boot with a word to look for [RUN-001]" cell_boot idle 0x5ec4e75ec4e75ec4
host=$(cellctl show idle --json | json host)
faults=$(status_of root_faults)
own=$(nofault "0x$(sed -n 's/ [A-Za-z] linux_banner$//p' /proc/kallsyms)")
like "control: the kernel's own memory can be fetched [ROOT-007]" "$own" '^0x756e694c$' # "Linu"
canary >/tmp/canary &
canary=$!
check "a page of the root [ROOT-007]" wait_for 5 grep -q canary /tmp/canary
page=$(sed -n 's/^canary: //p' /tmp/canary)
is "control: /proc/kcore shows the root's page [ROOT-007]" "$(physread kcore "$page" 4096)" 0xa5a5a5a5a5a5a5a5
kill $canary
wait $canary
# RAM of any owner is refused by the stock kernel; what is no RAM and nobody's is not.
like "control: /dev/mem shows the flash [ROOT-007]" "$(physread devmem $FLASH)" '^0x'
victim "hypervisor memory" "$(status_of memory_base)" "$(status_of memory_size)"
victim "a cell's memory" "$host" 0x400000
victim "a word in it" $((host + PARAMETER - CELL_MEMORY)) 8
check "the faults were counted [ROOT-007]" test "$(status_of root_faults)" -gt "$faults"
is "no complaints in dmesg [ROOT-007]" "$(dmesg_complaints)" 0
is "the cell did not notice [ROOT-007]" "$(cell_state idle)" running
check "destroy [RUN-001]" cellctl destroy idle
check "disable [RUN-001]" bulkhead_down
done_testing
