// SPDX-License-Identifier: BSD-2-Clause
/* Looks for what an earlier owner of this CPU left behind (see dirty): "left NAME VALUE" for each register, and the number. */
#include "port.h"
#include "probe.h"

#define PATTERN 0xd1d1d1d1ull

static u64 left;

static void look(const char *name, u64 value)
{
	/* Some registers are narrower or keep some bits: half a pattern is enough. */
	if ((value & 0xffff) != (PATTERN & 0xffff) && (value >> 48) != (PATTERN & 0xffff) && (value >> 16 & 0xffff) != (PATTERN & 0xffff))
		return;
	print("left %s 0x%lx\n", name, value);
	left++;
}

#define LOOK(name)                                                      \
	do {                                                            \
		u64 seen_ = 0;                                          \
		trap_expect(&syndrome);                                 \
		asm volatile("mrs %0, " #name : "+r"(seen_)::"memory"); \
		trap_expect(NULL);                                      \
		look(#name, seen_);                                     \
	} while (0)

static void registers_look(void)
{
	u64 syndrome;

	LOOK(tpidr_el0);
	LOOK(tpidrro_el0);
	LOOK(tpidr_el1);
	LOOK(sp_el0);
	LOOK(far_el1);
	LOOK(esr_el1);
	LOOK(afsr0_el1);
	LOOK(afsr1_el1);
	LOOK(par_el1);
	LOOK(contextidr_el1);
	LOOK(amair_el1);
	LOOK(cntv_cval_el0);
	LOOK(cntp_cval_el0);
	LOOK(cntkctl_el1);
	LOOK(dbgbvr0_el1);
	LOOK(dbgwvr0_el1);
	LOOK(pmuserenr_el0);
	LOOK(elr_el1);
}

static void vectors_look(void)
{
	u64 value;

	sysreg_write(cpacr_el1, 3ull << 20);
	asm volatile("isb");
#define LOOK_VECTOR(n)                                                                     \
	do {                                                                               \
		asm volatile(".arch_extension simd\numov %0, v" #n ".d[1]" : "=r"(value)); \
		look("v" #n, value);                                                       \
	} while (0)
	LOOK_VECTOR(0);
	LOOK_VECTOR(1);
	LOOK_VECTOR(7);
	LOOK_VECTOR(8);
	LOOK_VECTOR(15);
	LOOK_VECTOR(16);
	LOOK_VECTOR(30);
	LOOK_VECTOR(31);
	asm volatile("mrs %0, fpsr" : "=r"(value));
	look("fpsr", value);
}

int main(void)
{
	static volatile u64 own = PATTERN;

	probe_start("registers");
	print("general 0x%lx\n", port_start_residue);
	left += port_start_residue != 0;
	vectors_look();
	registers_look();
	sysreg_write(tpidr_el0, own);
	probe_control(sysreg_read(tpidr_el0) == PATTERN);
	probe_attack(PATTERN);
	asm volatile(".globl attack\nattack: nop");
	probe_survived(left);
	return 0;
}
