#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A debugger shows what a cell's core file says, on three architectures. The driver is cellctl/fake_driver.c, preloaded. Run from the top of
# the tree; CELLCTL names the program.
set -u

. tests/unit/cellctl/lib.sh
export FAKE_CELL=plc
cd "$dir" || exit 1

core() { # [VARIABLE=VALUE...]
	env LD_PRELOAD="$dir/fake.so" "$@" "$cellctl" core plc -o plc.core >out 2>&1
}

debugger() { # ARGUMENTS...
	gdb-multiarch -nx -batch "$@" >out 2>&1
}

shows() { # NAME VALUE, as gdb prints a register
	grep -qE "^$1[[:space:]]+$2([[:space:]]|\$)" out
}

# Each register has a value of its own, so that no two can be mistaken for each other.
core FAKE_MACHINE=aarch64 FAKE_REGS=0x100 && debugger -c plc.core -ex 'info registers' && shows pc 0x40001234 && shows x0 0x100 &&
	shows x17 0x111 && shows x30 0x11e && shows sp 0x40002000 && shows cpsr 0x246
result $? "arm64: all registers [UX-011]"
core FAKE_MACHINE=riscv64 FAKE_REGS=0x100 && debugger -c plc.core -ex 'info registers' && shows pc 0x40001234 && shows ra 0x100 &&
	shows a0 0x109 && shows t6 0x11e
result $? "riscv: all registers [UX-011]"
core FAKE_MACHINE=x86_64 FAKE_REGS=0x100 && debugger -c plc.core -ex 'info registers' && shows rip 0x40001234 && shows rax 0x100 &&
	shows rcx 0x101 && shows rdx 0x102 && shows rbx 0x103 && shows rbp 0x105 && shows rsi 0x106 && shows rdi 0x107 && shows r8 0x108 &&
	shows r15 0x10f && shows rsp 0x40002000 && shows eflags 0x246
result $? "x86: all registers [UX-011]"

cat >guest.c <<'C'
void _start(void)
{
	*(volatile int *)0x80000000 = 1; /* the fault */
}
C
gcc -g -O0 -ffreestanding -nostdlib -static -no-pie -Wl,-Ttext=0x40001000 -o guest.elf guest.c
at=$(objdump -d --no-show-raw-insn guest.elf | sed -n 's/^ *\([0-9a-f]*\):.*movl .*0x1,.*/\1/p')
core FAKE_MACHINE=x86_64 "FAKE_PC=0x$at" && debugger -ex bt guest.elf plc.core &&
	grep -q '^#0 .*_start .*guest\.c:3' out && grep -q 'the fault' out
result $? "a backtrace starts with the line that failed [UX-011]"

core FAKE_CAUSE=12
[ $? = 1 ] && grep -q 'error \[no-fault\].*; fix: ' out
result $? "a cell that ended otherwise has none, and the message says so [UX-011]"
env LD_PRELOAD="$dir/fake.so" "$cellctl" core plc -o no/such/place >out 2>&1
[ $? = 1 ] && grep -q 'error \[output-failed\].*; fix: ' out
result $? "a place that cannot be written [UX-011]"
echo "1..$n"
exit $failed
