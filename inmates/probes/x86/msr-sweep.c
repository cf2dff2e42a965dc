// SPDX-License-Identifier: BSD-2-Clause
/* Reads and writes every register the CPU's permission map knows: those that are not for cells must fault. Counts those that do not. */
#include "probe.h"

#define BLOCK 0x2000
#define MSR_TSC 0x10
#define MSR_STAR 0xc0000081

enum kind {
	FAULTS, /* any access */
	READ,   /* a write changes nothing */
	ZERO,   /* reads zero, if it reads; a write changes nothing */
	OWN,    /* the guest's: other probes' matter */
};

/* Written down here, not taken from the hypervisor. */
static const struct {
	u32 first, last;
	enum kind kind;
} registers[] = {
	{ MSR_TSC, MSR_TSC, READ },
	{ MSR_APIC_BASE, MSR_APIC_BASE, OWN },
	{ 0x3a, 0x3b, ZERO },   /* FEATURE_CONTROL, TSC_ADJUST */
	{ 0x48, 0x49, OWN },    /* SPEC_CTRL, PRED_CMD */
	{ 0x8b, 0x8b, READ },   /* microcode version */
	{ 0xfe, 0xfe, READ },   /* MTRRcap */
	{ 0x174, 0x176, OWN },  /* SYSENTER */
	{ 0x179, 0x17a, ZERO }, /* machine checks */
	{ 0x1a0, 0x1a0, ZERO }, /* MISC_ENABLE */
	{ 0x1d9, 0x1d9, ZERO }, /* DebugCtl */
	{ 0x200, 0x276, READ }, /* MTRRs */
	{ 0x277, 0x277, OWN },  /* PAT */
	{ 0x278, 0x2ff, READ },
	{ 0x6e0, 0x6e0, OWN }, /* TSC_DEADLINE */
	/* x2APIC; nothing is sent from here. */
	{ 0x802, 0x803, READ },
	{ 0x808, 0x808, OWN },
	{ 0x80a, 0x80a, READ },
	{ 0x80b, 0x80b, OWN },
	{ 0x80d, 0x80d, READ },
	{ 0x80f, 0x80f, OWN },
	{ 0x810, 0x827, READ },
	{ 0x828, 0x828, OWN },
	{ 0x82f, 0x82f, ZERO },
	{ 0x830, 0x830, OWN },
	{ 0x832, 0x838, OWN },
	{ 0x839, 0x839, READ },
	{ 0x83e, 0x83f, OWN },
	{ 0xc0000080, 0xc0000084, OWN },  /* EFER to SFMASK */
	{ 0xc0000100, 0xc0000103, OWN },  /* bases, TSC_AUX */
	{ 0xc0010010, 0xc0010010, READ }, /* SYSCFG */
	{ 0xc0010015, 0xc0010015, READ }, /* HWCR */
	{ 0xc0010016, 0xc001001d, ZERO }, /* IORRs, TOP_MEM */
	{ 0xc0010055, 0xc0010055, ZERO },
	{ 0xc0011029, 0xc0011029, READ }, /* DE_CFG */
};

static enum kind kind_of(u32 msr)
{
	for (u32 i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		if (msr >= registers[i].first && msr <= registers[i].last)
			return registers[i].kind;
	return FAULTS;
}

/* The exception, 0 for none. */
static u64 try_read(u32 msr, u64 *value)
{
	u32 low = 0, high = 0;
	u64 cause = 0;

	trap_expect(&cause);
	asm volatile("1: rdmsr\n2:\n" EXPECT_TABLE : "+a"(low), "+d"(high) : "c"(msr) : "memory");
	trap_expect(NULL);
	*value = (u64)high << 32 | low;
	return expected_vector(cause);
}

static u64 try_write(u32 msr, u64 value)
{
	u64 cause = 0;

	trap_expect(&cause);
	attack_msr_write(msr, value);
	trap_expect(NULL);
	return expected_vector(cause);
}

static bool is_odd(u32 msr)
{
	enum kind kind = kind_of(msr);
	u64 before, after;

	if (kind == OWN)
		return false;
	u64 read = try_read(msr, &before);
	u64 write = try_write(msr, kind == FAULTS ? 0 : before ^ 1);
	if (kind == FAULTS)
		return read != VECTOR_GP || write != VECTOR_GP;
	if (read != 0 || (kind == ZERO && before != 0))
		return read != VECTOR_GP || write != VECTOR_GP; /* this CPU has none */
	if (try_read(msr, &after) != 0)
		return true;
	return msr == MSR_TSC ? after < before : after != before;
}

int main(void)
{
	static const u32 blocks[] = { 0, 0xc0000000, 0xc0010000 };
	u64 odd = 0;

	probe_start("msr-sweep");
	msr_write(MSR_STAR, PROBE_CANARY);
	probe_control(msr_read(MSR_STAR) == PROBE_CANARY);
	probe_attack(0);
	u64 start = counter_now();
	for (u32 i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		for (u32 msr = blocks[i]; msr < blocks[i] + BLOCK; msr++) {
			if (!is_odd(msr))
				continue;
			if (odd++ < 8)
				print("msr-sweep: 0x%x\n", msr);
		}
	}
	print("msr-sweep: %lu ms\n", (counter_now() - start) / (counter_hz() / 1000));
	probe_survived(odd);
	return 0;
}
