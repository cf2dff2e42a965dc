#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root's own kernel reads what it gave away, in the three ways a user can make it: each is refused, the root lives.
# timeout: 120
# files: BUILD/tests/physread
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data
tracing=/sys/kernel/tracing

# A kprobe argument is fetched by copy_from_kernel_nofault(); text that cannot be read shows as "(fault)".
fetch() { # kernel address
	echo "p:bulkhead do_sys_openat2 v=@$1:string" >$tracing/kprobe_events || return 1
	echo >$tracing/trace
	echo 1 >$tracing/events/kprobes/bulkhead/enable
	cat /proc/version >/dev/null
	echo 0 >$tracing/events/kprobes/bulkhead/enable
	sed -n 's/.*bulkhead: .* v=//p' $tracing/trace | head -n 1
	echo >$tracing/kprobe_events
}

victim() { # name, physical address
	address=$(physread address "$2")
	like "$1: has an address in the linear map [ROOT-007]" "$address" '^0xffff'
	is "$1: copy_from_kernel_nofault faults [ROOT-007]" "$(fetch "$address")" "(fault)"
	diag "kcore: $(physread kcore "$2" 2>&1)"
	pass "$1: a read of /proc/kcore came back [ROOT-007]"
	diag "/dev/mem: $(physread devmem "$2" 2>&1)"
	pass "$1: a read of /dev/mem came back [ROOT-007]"
}

mount -t tracefs tracefs $tracing 2>/dev/null
check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot idle
faults=$(status_of root_faults)
own=$(fetch "0x$(sed -n 's/ [A-Za-z] linux_banner$//p' /proc/kallsyms)")
like "control: the kernel's own memory can be fetched [ROOT-007]" "$own" 'Linux version'
victim "hypervisor memory" "$(status_of memory_base)"
victim "a cell's memory" "$(cellctl show idle --json | json host)"
check "the faults were counted [ROOT-007]" test "$(status_of root_faults)" -gt "$faults"
is "no complaints in dmesg [ROOT-007]" "$(dmesg_complaints)" 0
is "the cell did not notice [ROOT-007]" "$(cell_state idle)" running
umount $tracing 2>/dev/null
check "destroy [RUN-001]" cellctl destroy idle
check "disable [RUN-001]" bulkhead_down
done_testing
