// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what is x86 about the driver: is there an AMD-V to enter, the page table to enter with, APIC ids, hypercalls. The entry
 * itself is entry_x86.S.
 */
#include <linux/cc_platform.h>
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#include "bulkhead.h"
#include "compat.h"

#define CPUID_AMD_FEATURES 0x80000001
#define CPUID_AMD_SVM (1u << 2) /* ecx */
#define CPUID_SVM 0x8000000a
#define CPUID_SVM_NPT (1u << 0) /* edx */
#define VM_CR_SVMDIS (1ull << 4)
#define ICR_INIT 0x4500u /* one physical destination, level asserted */

#define LEVEL_SHIFT(level) (PAGE_SHIFT + 9 * (level))
#define LEVEL_LARGE 1 /* of 2 MiB leaves */

long bulkhead_enter(u64 base, u64 index, u64 entry, u64 table);
long bulkhead_call(u64 number);
extern const char bulkhead_trampoline[];

static u64 entry_table; /* physical: what arch_prepare() wrote */

static int arch_check_processor(char *message)
{
	if (cpuid_eax(0x80000000) < CPUID_SVM || !(cpuid_ecx(CPUID_AMD_FEATURES) & CPUID_AMD_SVM))
		return main_fail(
			message, -EOPNOTSUPP,
			"enable: these CPUs have no AMD-V, and Intel's VT-x is not supported yet; use a machine (or QEMU: -cpu max) "
			"that has it");
	if (!(cpuid_edx(CPUID_SVM) & CPUID_SVM_NPT))
		return main_fail(message, -EOPNOTSUPP, "enable: these CPUs have no nested paging; use newer ones");
	return 0;
}

static int arch_check_kernel(char *message)
{
	if (!x2apic_mode)
		return main_fail(
			message, -EOPNOTSUPP,
			"enable: the APICs are not in x2APIC mode; switch on the IOMMU and x2APIC in the firmware setup (QEMU: -device "
			"intel-iommu,intremap=on,eim=on), boot without nox2apic");
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return main_fail(message, -EOPNOTSUPP, "enable: memory is encrypted; boot with mem_encrypt=off");
	if (!tsc_khz)
		return main_fail(message, -EOPNOTSUPP, "enable: this kernel does not know the TSC's frequency; boot with tsc_early_khz=");
	return 0;
}

static int arch_check_cpu(int cpu, char *message)
{
	u64 vm_cr, efer;

	if (rdmsrq_safe_on_cpu(cpu, MSR_VM_CR, &vm_cr) || rdmsrq_safe_on_cpu(cpu, MSR_EFER, &efer))
		return main_fail(message, -EIO, "enable: CPU %d does not tell the state of its AMD-V; see dmesg", cpu);
	if (vm_cr & VM_CR_SVMDIS)
		return main_fail(message, -EOPNOTSUPP, "enable: AMD-V is off on CPU %d; switch SVM on in the firmware setup", cpu);
	if (efer & EFER_SVME)
		return main_fail(message, -EBUSY, "enable: AMD-V is in use on CPU %d; stop virtual machines and unload their hypervisor",
				 cpu);
	return 0;
}

int arch_check(char *message)
{
	int error = arch_check_processor(message), cpu;

	if (!error)
		error = arch_check_kernel(message);
	for_each_online_cpu(cpu) {
		if (!error)
			error = arch_check_cpu(cpu, message);
	}
	return error;
}

u64 arch_hwid(void)
{
	u64 id;

	rdmsrq(APIC_BASE_MSR + (APIC_ID >> 4), id);
	return id;
}

struct tables {
	u64 *page; /* [0, count): page 0 is the top level */
	u64 physical;
	u32 used, count;
	int top;
};

static int table_map(struct tables *t, u64 address, int leaf, u64 entry)
{
	u64 *table = t->page;
	int level;

	for (level = t->top; level > leaf; level--) {
		u64 *at = &table[address >> LEVEL_SHIFT(level) & 511];

		if (!*at) {
			if (t->used == t->count)
				return -ENOSPC;
			*at = (t->physical + t->used++ * PAGE_SIZE) | _PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED;
		}
		table = t->page + ((*at & PAGE_MASK) - t->physical) / sizeof(u64);
	}
	table[address >> LEVEL_SHIFT(leaf) & 511] = entry | _PAGE_PRESENT | _PAGE_ACCESSED;
	return 0;
}

/* The table maps the 2 MiB the hypervisor is in to themselves, and the trampoline to where the kernel has it. */
static int arch_make_table(struct tables *t, u64 base)
{
	u64 large = ALIGN_DOWN(base, 1ull << LEVEL_SHIFT(LEVEL_LARGE)), trampoline = (u64)bulkhead_trampoline & PAGE_MASK;
	int error;

	memset(t->page, 0, t->count * PAGE_SIZE);
	t->top = pgtable_l5_enabled() ? 4 : 3;
	t->used = 1;
	error = table_map(t, large, LEVEL_LARGE, large | _PAGE_RW | _PAGE_PSE | _PAGE_DIRTY);
	if (!error)
		error = table_map(t, trampoline, 0, page_to_phys(vmalloc_to_page(bulkhead_trampoline)));
	return error;
}

/* What the hypervisor tells cells about time: they have no clock to ask. */
static void arch_tell_time(struct boot_block *block)
{
	u64 now = ktime_get_real_ns(), ticks = rdtsc_ordered();

	block->counter_hz = (u64)tsc_khz * 1000;
	block->epoch_ns = now - mul_u64_u64_div_u64(ticks, NSEC_PER_SEC, block->counter_hz);
}

int arch_prepare(void *start, u64 base, const struct image_header *header, char *message)
{
	u64 size = (u64)header->table_pages * PAGE_SIZE;
	struct tables t = { .page = start + header->table_offset, .physical = base + header->table_offset, .count = header->table_pages };

	if (size == 0 || header->table_offset == 0 || header->table_offset % PAGE_SIZE || size > header->boot_offset ||
	    header->table_offset > header->boot_offset - size || arch_make_table(&t, base))
		return main_fail(message, -ENOEXEC, "enable: " BULKHEAD_IMAGE " has no place for the table to enter it; install it again");
	arch_tell_time(start + header->boot_offset);
	entry_table = t.physical;
	return 0;
}

static void arch_svm(bool on)
{
	u64 efer;

	rdmsrq(MSR_EFER, efer);
	wrmsrq(MSR_EFER, on ? efer | EFER_SVME : efer & ~(u64)EFER_SVME);
}

/* AMD-V is on around the ways in and out: it is what holds NMIs there. arch_check_cpu() found it off. */
long arch_enter(u64 entry, u64 base, u32 index)
{
	long error;

	arch_svm(true);
	error = bulkhead_enter(base, index, entry, entry_table);
	if (error)
		arch_svm(false);
	return error;
}

long arch_exit(void)
{
	long error = bulkhead_call(HYPERCALL_BASE_X86 + HC_CPU_EXIT);

	if (!error)
		arch_svm(false);
	return error;
}

long arch_hypercall(u32 number, u64 a, u64 b, u64 c, u64 d)
{
	u64 result = HYPERCALL_BASE_X86 + number;

	asm volatile("vmmcall" : "+a"(result), "+D"(a), "+S"(b), "+d"(c) : "c"(d) : "memory");
	return (long)result;
}

/* All observers are coherent with the caches. */
void arch_clean(void *start, size_t size)
{
	mb();
}

/* An offline CPU of this kernel halts. The hypervisor sees the INIT and has it instead. */
void arch_park(u64 hwid)
{
	wrmsrq(APIC_BASE_MSR + (APIC_ICR >> 4), hwid << 32 | ICR_INIT);
}

const char *arch_hotplug_quirk(void)
{
	return NULL;
}
