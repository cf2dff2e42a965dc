/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers that no control block switches: what a guest finds in them is what the table says, never the former owner's values.
 * While the root's CPUs are the root's, nothing of this is touched. No lock: the calling CPU's own.
 */
#include <asm/port.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define CPUID_XSAVE BIT64(26)
#define MXCSR_RESET 0x1f80

/* X(MSR, count, step): zero at reset; those a CPU lacks are passed over. */
#define RESET_TABLE(X)                                         \
	X(MSR_TSC_AUX, 1, 1)                                   \
	X(MSR_SPEC_CTRL, 1, 1)                                 \
	X(MSR_DEBUGCTL, 1, 1)                                  \
	X(MSR_XSS, 1, 1)                                       \
	X(MSR_PERF_CONTROL, 4, 1) /* counters before counts */ \
	X(MSR_PERF_COUNT, 4, 1)                                \
	X(MSR_PERF_EXTENDED, 12, 1)                            \
	X(MSR_DEBUG_MASK, 4, 1)

#define MSR_PERF_CONTROL 0xc0010000
#define MSR_PERF_COUNT 0xc0010004
#define MSR_PERF_EXTENDED 0xc0010200
#define MSR_DEBUG_MASK 0xc0011019

/* A saved state whose header says that all of it is initial; XRSTOR reads MXCSR all the same. */
static struct {
	u32 word[160];
} initial __attribute__((aligned(64))) = { .word = { [0] = 0x37f, [6] = MXCSR_RESET } };

static u64 states; /* XCR0 with all there is; 0: no XSAVE */

void context_probe(void)
{
	if ((cpuid(1, 0).ecx & CPUID_XSAVE) && (read_cr4() & CR4_OSXSAVE)) {
		struct cpuid_result r = cpuid(0xd, 0);

		states = (u64)r.edx << 32 | r.eax;
	}
}

static void xcr0_write(u64 value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"((u32)value), "d"((u32)(value >> 32)));
}

static void reset_msrs(u32 msr, u32 count, u32 step)
{
	for (u32 i = 0; i < count; i++)
		msr_write_safe(msr + i * step, 0);
}
#define RESET_ONE(msr, count, step) reset_msrs(msr, count, step);

void context_reset(void)
{
	__asm__ volatile("mov %0, %%dr0; mov %0, %%dr1; mov %0, %%dr2; mov %0, %%dr3" : : "r"(0ull));
	__asm__ volatile("clts; fninit");
	if (states) {
		xcr0_write(states);
		__asm__ volatile("xrstor64 %0" : : "m"(initial), "a"(~0u), "d"(~0u));
		xcr0_write(1);
	} else {
		__asm__ volatile("fxrstor64 %0" : : "m"(initial));
	}
	RESET_TABLE(RESET_ONE)
	/* AMD-V switches it with the guest, but not every emulator does. Our own pages use its first and fourth type only. */
	msr_write(MSR_PAT, PAT_RESET);
}
