/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a cell is told about its CPU: the machine's answers less what it has no part in, as a table. What costs the cell's kernel a
 * register that msr.c refuses is not shown. The root was told before we came and is not asked.
 */
#include <asm/port.h>
#include <asm/vcpu.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define ANY_SUBLEAF (~0u)
#define KVM_CLOCKSOURCE2 BIT64(3)
#define KVM_CLOCK_STABLE BIT64(24)
#define LEAF_FEATURES 1
#define LEAF_FEATURES_OSXSAVE BIT64(27)
#define LEAF_FEATURES_HYPERVISOR BIT64(31)
#define LEAF_KVM 0x40000000
#define LEAF_BULKHEAD 0x40000100

#define ALL 0xffffffffu
#define BITS1(a) (1u << (a))
#define BITS2(a, b) (BITS1(a) | BITS1(b))
#define BITS4(a, b, c, d) (BITS2(a, b) | BITS2(c, d))

/* Bits to take away of eax, ebx, ecx, edx; the first row that fits counts. */
static const struct {
	u32 first, last, subleaf;
	u32 eax, ebx, ecx, edx;
} hidden[] = {
	/* MONITOR, DS-CPL, VMX, SMX, EIST, TM2, PDCM; MCE, MCA, DS, ACPI, HTT, TM, PBE */
	{ 1, 1, ANY_SUBLEAF, 0, 0x00ff0000, BITS4(3, 4, 5, 6) | BITS4(7, 8, 15, 18), BITS4(7, 14, 21, 22) | BITS2(28, 29) | BITS1(31) },
	{ 4, 5, ANY_SUBLEAF, 0, 0, 0, ALL }, /* MONITOR sizes are of no use, sharing of caches stays */
	{ 6, 6, ANY_SUBLEAF, ~BITS1(2), ALL, ALL, ALL },
	/* TSC_ADJUST, SGX, PQM, MPX, PQE, PT; WAITPKG, CET_SS, bus lock, KL, ENQCMD, SGX_LC; UINTR, hybrid, PCONFIG, LBR, IBT */
	{ 7, 7, 0, 0, BITS4(1, 2, 12, 14) | BITS2(15, 25), BITS4(5, 7, 23, 24) | BITS2(29, 30), BITS4(5, 15, 18, 19) | BITS2(20, 29) },
	{ 0xa, 0xb, ANY_SUBLEAF, ALL, ALL, 0, 0 },
	{ 0xd, 0xd, 1, BITS2(3, 4), 0, ALL, ALL }, /* XSAVES, XFD */
	{ 0xf, 0x1e, ANY_SUBLEAF, ALL, ALL, ALL, ALL },
	{ 0x1f, 0x1f, ANY_SUBLEAF, ALL, ALL, 0, 0 },
	{ 0x20, 0x3fffffff, ANY_SUBLEAF, ALL, ALL, ALL, ALL },
	/* CmpLegacy, SVM, ExtApic, OSVW, IBS, SKINIT, WDT, LWP, NodeId, TopologyExt, PerfCtr core, NB, DataBkpt, PerfTsc, L2I, MONITORX */
	{ 0x80000001, 0x80000001, ANY_SUBLEAF, 0, 0,
	  BITS4(1, 2, 3, 9) | BITS4(10, 12, 13, 15) | BITS4(19, 22, 23, 24) | BITS4(26, 27, 28, 29), 0 },
	{ 0x80000007, 0x80000007, ANY_SUBLEAF, ALL, ALL, ALL, ~BITS1(8) },
	{ 0x80000008, 0x80000008, ANY_SUBLEAF, 0, ~(BITS2(0, 9) | BITS4(12, 14, 15, 24)), ALL, ALL },
	{ 0x8000000a, 0x8000000a, ANY_SUBLEAF, ALL, ALL, ALL, ALL },
	{ 0x8000001b, 0x8000001c, ANY_SUBLEAF, ALL, ALL, ALL, ALL },
	{ 0x8000001d, 0x80000020, ANY_SUBLEAF, ALL, ALL, ALL, ALL },
	{ 0x80000022, ALL, ANY_SUBLEAF, ALL, ALL, ALL, ALL },
};

static struct cpuid_result masked(u32 leaf, u32 subleaf)
{
	struct cpuid_result r = cpuid(leaf, subleaf);

	for (u32 i = 0; i < ARRAY_SIZE(hidden); i++) {
		if (leaf < hidden[i].first || leaf > hidden[i].last || (hidden[i].subleaf != ANY_SUBLEAF && hidden[i].subleaf != subleaf))
			continue;
		r.eax &= ~hidden[i].eax;
		r.ebx &= ~hidden[i].ebx;
		r.ecx &= ~hidden[i].ecx;
		r.edx &= ~hidden[i].edx;
		break;
	}
	return r;
}

/* Our own leaves, KVM's first: a stock kernel looks for x2APIC without interrupt remapping, and for a clock, only behind its name. */
static struct cpuid_result announced(u32 leaf)
{
	switch (leaf) {
	case LEAF_KVM: return (struct cpuid_result){ LEAF_KVM + 1, 0x4b4d564b, 0x564b4d56, 0x4d }; /* KVMKVMKVM */
	case LEAF_KVM + 1: return (struct cpuid_result){ KVM_CLOCKSOURCE2 | KVM_CLOCK_STABLE, 0, 0, 0 };
	case LEAF_BULKHEAD: return (struct cpuid_result){ BULKHEAD_ABI_VERSION, 0x6b6c7542, 0x64616568, 0x7648 }; /* BulkheadHv */
	default: return (struct cpuid_result){ 0, 0, 0, 0 };
	}
}

void trap_cpuid(struct cpu *cpu, struct trap_frame *frame)
{
	u32 leaf = (u32)frame->r[REG_RAX], subleaf = (u32)frame->r[REG_RCX];
	bool ours = leaf >= LEAF_KVM && leaf < LEAF_KVM + 0x10000;
	struct cpuid_result r = ours ? announced(leaf) : masked(leaf, subleaf);

	count_exit(cpu, EXIT_X86_CPUID);
	if (leaf == LEAF_FEATURES) {
		r.ecx = (r.ecx & ~(u32)LEAF_FEATURES_OSXSAVE) | (u32)LEAF_FEATURES_HYPERVISOR;
		if (vcpu_read(VCPU_CR4) & CR4_OSXSAVE)
			r.ecx |= (u32)LEAF_FEATURES_OSXSAVE;
	}
	frame->r[REG_RAX] = r.eax;
	frame->r[REG_RBX] = r.ebx;
	frame->r[REG_RCX] = r.ecx;
	frame->r[REG_RDX] = r.edx;
	vcpu_skip(cpu, 2);
}
