// SPDX-License-Identifier: GPL-2.0-only
/* Owns what is arm64 about the driver: is there an EL2 to enter, hypercalls, cache maintenance. The entry itself is entry_arm64.S. */
#include <linux/arm-smccc.h>
#include <linux/smp.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "bulkhead.h"

long bulkhead_enter(u64 entry, u64 base, u64 index);
long bulkhead_call(u64 function);

int arch_check(char *message)
{
	/* With VHE the kernel itself lives at EL2: there is no level below it to enter. */
	if (is_kernel_in_hyp_mode())
		return main_fail(message, -EOPNOTSUPP, "enable: this kernel runs at EL2 (VHE); boot it with id_aa64mmfr1.vh=0");
	if ((read_sysreg(id_aa64pfr0_el1) >> ID_AA64PFR0_EL1_EL2_SHIFT & 0xf) == 0)
		return main_fail(message, -EOPNOTSUPP,
				 "enable: these CPUs have no EL2; use a machine (or QEMU: virtualization=on) that has");
	/* Who has HVC answered by a hypervisor did not start at EL2, and the kernel's stub is not there. */
	if (arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_HVC)
		return main_fail(message, -EOPNOTSUPP, "enable: another hypervisor holds EL2; start this kernel on the bare machine");
	return 0;
}

u64 arch_hwid(void)
{
	return read_cpuid_mpidr() & MPIDR_HWID_BITMASK;
}

int arch_prepare(void *start, u64 base, const struct image_header *header, char *message)
{
	return 0;
}

long arch_enter(u64 entry, u64 base, u32 index)
{
	return bulkhead_enter(entry, base, index);
}

long arch_exit(void)
{
	return bulkhead_call(HYPERCALL_BASE_ARM64 + HC_CPU_EXIT);
}

/* Not arm_smccc_1_1_hvc(): it marks dead SVE state with a bit in the function number. */
long arch_hypercall(u32 number, u64 a, u64 b, u64 c, u64 d)
{
	register u64 x0 asm("x0") = HYPERCALL_BASE_ARM64 + number;
	register u64 x1 asm("x1") = a;
	register u64 x2 asm("x2") = b;
	register u64 x3 asm("x3") = c;
	register u64 x4 asm("x4") = d;

	asm volatile("hvc #0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4)
		     :
		     : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	return (long)x0;
}

void arch_clean(void *start, size_t size)
{
	unsigned long line = 4ul << (read_sysreg(ctr_el0) >> 16 & 0xf); /* DminLine: log2 of words */
	unsigned long at = (unsigned long)start & ~(line - 1);

	for (; at < (unsigned long)start + size; at += line)
		asm volatile("dc civac, %0" : : "r"(at) : "memory");
	dsb(sy); /* the lines are in memory before any CPU reads them with its MMU off */
}

/* The kernel gives offline CPUs to the firmware, which is the hypervisor. */
void arch_park(u64 hwid)
{
}

/*
 * spectre_v3a_enable_mitigation() adds to the CPU's vector slot each time the CPU comes online. Where firmware offers
 * ARCH_WORKAROUND_1 the slot was set afresh just before; where it does not (QEMU's own PSCI), a CPU that was away once has a slot
 * beyond the table, and KVM's guests on it crash. Seen on 6.12 with Cortex-A57 and plain hotplug.
 */
const char *arch_hotplug_quirk(void)
{
	struct arm_smccc_res result;

	if (arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_NONE)
		return "spectre_v3a_enable_mitigation";
	arm_smccc_1_1_smc(ARM_SMCCC_ARCH_FEATURES_FUNC_ID, ARM_SMCCC_ARCH_WORKAROUND_1, &result);
	return (long)result.a0 == SMCCC_RET_SUCCESS ? NULL : "spectre_v3a_enable_mitigation";
}
