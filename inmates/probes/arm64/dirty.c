// SPDX-License-Identifier: BSD-2-Clause
/* Fills every register it can with a pattern, then waits to be destroyed; `registers` on the same CPU must see none of it. */
#include "port.h"
#include "probe.h"

#define PATTERN 0xd1d1d1d1d1d1d1d1ull

#define DIRTY(name)                          \
	do {                                 \
		trap_expect(&syndrome);      \
		sysreg_write(name, PATTERN); \
		asm volatile("isb");         \
		trap_expect(NULL);           \
	} while (0)

static void registers_fill(void)
{
	u64 syndrome;

	DIRTY(tpidr_el0);
	DIRTY(tpidrro_el0);
	DIRTY(tpidr_el1);
	DIRTY(sp_el0);
	DIRTY(far_el1);
	DIRTY(esr_el1);
	DIRTY(afsr0_el1);
	DIRTY(afsr1_el1);
	DIRTY(par_el1);
	DIRTY(contextidr_el1);
	DIRTY(amair_el1);
	DIRTY(csselr_el1);
	DIRTY(cntv_cval_el0);
	DIRTY(cntp_cval_el0);
	DIRTY(cntkctl_el1);
	DIRTY(dbgbvr0_el1);
	DIRTY(dbgwvr0_el1);
	DIRTY(pmuserenr_el0);
	DIRTY(pmccntr_el0);
	DIRTY(elr_el1);
}

static void vectors_fill(void)
{
	sysreg_write(cpacr_el1, 3ull << 20);
	asm volatile("isb");
	asm volatile(".arch_extension simd\n"
		     "dup v0.2d, %0\nmov v1.16b, v0.16b\nmov v7.16b, v0.16b\nmov v8.16b, v0.16b\nmov v15.16b, v0.16b\n"
		     "mov v16.16b, v0.16b\nmov v30.16b, v0.16b\nmov v31.16b, v0.16b\nmsr fpsr, %0\n" ::"r"(PATTERN));
}

int main(void)
{
	probe_start("dirty");
	registers_fill();
	vectors_fill();
	probe_control(sysreg_read(tpidr_el0) == PATTERN);
	probe_attack(PATTERN);
	print("probe: done\n");
	asm volatile("mov x19, %0\nmov x20, %0\nmov x21, %0\nmov x22, %0\nmov x23, %0\nmov x24, %0\nmov x25, %0\nmov x26, %0\nmov x27, %0\n"
		     "mov x28, %0\nmov x5, %0\nmov x12, %0\n.globl attack\nattack: wfi\nb attack" ::"r"(PATTERN));
	return 0;
}
