/* SPDX-License-Identifier: BSD-2-Clause */
/* What `dirty` leaves behind and `registers` looks for: one table of MSRs for both, and the extended state. */
#ifndef PROBE_REGISTERS_H
#define PROBE_REGISTERS_H

#include "apic.h"
#include "probe.h"

#define PATTERN 0xd1d1d1d1d1d1d1d1ull
#define CANONICAL 0xffffd1d1d1d1d1d1ull

#define CR4_OSFXSR 0x200
#define CR4_OSXSAVE 0x40000
#define CPUID_XSAVE (1u << 26)
#define EFER_SCE 0x1ull
#define DR6_RESET 0xffff0ff0ull
#define DR6_DIRTY 0xffff0fffull
#define DR7_RESET 0x400ull
#define DR7_DIRTY 0xd1d10400ull /* none is enabled */
#define X2APIC_ISR 0x810        /* 8 words, as TMR behind it and IRR behind that */
#define X2APIC_BITS 24
#define VECTOR_PENDING 0xd1

/* Every register a cell may write; what it reads after a reset, and what `dirty` writes. Those a CPU lacks are passed over. */
static const struct {
	u32 msr;
	u64 reset, dirty;
} registers[] = {
	{ 0x48, 0, 1 },       /* SPEC_CTRL */
	{ 0x174, 0, 0xd1d1 }, /* SYSENTER */
	{ 0x175, 0, CANONICAL },
	{ 0x176, 0, CANONICAL },
	{ 0x277, 0x0007040600070406ull, 0x0105040601050406ull }, /* PAT: what this program's pages use stays */
	{ 0x6e0, 0, PATTERN },                                   /* TSC_DEADLINE */
	{ 0xc0000081, 0, PATTERN },                              /* STAR, LSTAR, CSTAR, SFMASK */
	{ 0xc0000082, 0, CANONICAL },
	{ 0xc0000083, 0, CANONICAL },
	{ 0xc0000084, 0, (u32)PATTERN },
	{ 0xc0000100, 0, CANONICAL }, /* FS, GS, KERNEL_GS */
	{ 0xc0000101, 0, CANONICAL },
	{ 0xc0000102, 0, CANONICAL },
	{ 0xc0000103, 0, (u32)PATTERN }, /* TSC_AUX */
	{ X2APIC_TPR, 0, 0xd0 },
	{ X2APIC_SVR, 0xff, SVR_ENABLE | 0xd1 },
	{ X2APIC_LVT_TIMER, LVT_MASKED, LVT_PERIODIC | VECTOR_PENDING },
	{ 0x833, LVT_MASKED, LVT_MASKED | 0xd1 }, /* thermal, counters, pins */
	{ 0x834, LVT_MASKED, LVT_MASKED | 0xd1 },
	{ X2APIC_LVT_LINT0, LVT_MASKED, LVT_MASKED | 0xd1 },
	{ 0x836, LVT_MASKED, LVT_MASKED | 0xd1 },
	{ 0x837, LVT_MASKED, 0xd1 },
	{ X2APIC_TIMER_DIVIDE, 0, TIMER_DIVIDE_BY_1 },
	{ X2APIC_TIMER_INITIAL, 0, 0xd1d1d1 },
};
#define REGISTER_COUNT (sizeof(registers) / sizeof(registers[0]))

/* XSAVE's area: legacy part, header, then components of which CPUID says where they are. */
#define STATE_SIZE 16384
#define STATE_LEGACY_X87 0    /* control word */
#define STATE_LEGACY_MXCSR 24 /* and what MXCSR may hold */
#define STATE_HEADER 512
#define STATE_COMPONENTS 576
#define X87_RESET 0x37full
#define MXCSR_RESET 0x1f80ull

static u8 state[STATE_SIZE] __attribute__((aligned(64)));

static inline u64 xcr0_read(void)
{
	u32 low, high;

	asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (u64)high << 32 | low;
}

/* All components there are are switched on; 0: the CPU has no XSAVE. */
static inline u64 state_on(u64 *before)
{
	struct cpuid leaf = cpuid_read(0xd, 0);
	u64 cr4;

	asm volatile("movq %%cr4, %0" : "=r"(cr4));
	if (!(cpuid_read(1, 0).ecx & CPUID_XSAVE))
		return 0;
	asm volatile("movq %0, %%cr4" ::"r"(cr4 | CR4_OSFXSR | CR4_OSXSAVE));
	*before = xcr0_read();
	asm volatile("xsetbv" ::"c"(0), "a"(leaf.eax), "d"(leaf.edx));
	return xcr0_read();
}

static inline void state_save(void)
{
	memset(state, 0, STATE_SIZE);
	asm volatile("xsave64 %0" : "+m"(state) : "a"(~0u), "d"(~0u));
}

static inline void expected_write(u32 msr, u64 value)
{
	u64 cause;

	trap_expect(&cause);
	asm volatile("1: wrmsr\n2:\n" EXPECT_TABLE ::"c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
	trap_expect(NULL);
}

/* False: the CPU has none. */
static inline bool expected_read(u32 msr, u64 *value)
{
	u32 low = 0, high = 0;
	u64 cause = 0;

	trap_expect(&cause);
	asm volatile("1: rdmsr\n2:\n" EXPECT_TABLE : "+a"(low), "+d"(high) : "c"(msr) : "memory");
	trap_expect(NULL);
	*value = (u64)high << 32 | low;
	return cause == 0;
}

#endif
