// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what is riscv about the driver: is there an HS-mode to enter, the table to enter it with, hart ids, hypercalls, cache
 * maintenance. The entry itself is entry_riscv.S.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/of.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/csr.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>

#include "bulkhead.h"

#define GIGAPAGE_SHIFT 30
#define IDENTITY_END (1ull << 38) /* of the half of an Sv39 address space that is below zero's sign */

long bulkhead_enter(u64 base, u64 index, u64 entry, u64 satp);
long bulkhead_call(u64 extension, u64 number);

static u64 harts[NR_CPUS]; /* device tree: the kernel's own table is not for modules */
static u64 entry_satp;     /* switches to the table that arch_prepare() wrote */
static u32 cache_block;    /* bytes of a cache block; 0: no Zicbom, caches are never in the way */

static int arch_check_firmware(char *message)
{
	static const struct {
		int id;
		const char *name;
	} needed[] = { { SBI_EXT_HSM, "HSM" }, { SBI_EXT_RFENCE, "RFENCE" }, { SBI_EXT_IPI, "IPI" } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(needed); i++)
		if (sbi_spec_is_0_1() || sbi_probe_extension(needed[i].id) <= 0)
			return main_fail(message, -EOPNOTSUPP,
					 "enable: the firmware has no SBI extension %s; take one with SBI 0.3, as OpenSBI 0.9",
					 needed[i].name);
	return 0;
}

/* arch_hwid() runs in interrupts, where no tree is searched. */
static int arch_find_harts(char *message)
{
	unsigned int cpu;

	cache_block = 0;
	for_each_present_cpu(cpu)
	{
		struct device_node *node = of_cpu_device_node_get((int)cpu);
		const __be32 *reg = node ? of_get_property(node, "reg", NULL) : NULL;

		if (reg)
			harts[cpu] = of_read_number(reg, of_n_addr_cells(node));
		if (node && riscv_isa_extension_available(NULL, ZICBOM))
			of_property_read_u32(node, "riscv,cbom-block-size", &cache_block);
		of_node_put(node);
		if (!reg)
			return main_fail(message, -EOPNOTSUPP, "enable: CPU %u is in no device tree; boot with one, not with ACPI", cpu);
	}
	return 0;
}

int arch_check(char *message)
{
	int error;

	if (!riscv_isa_extension_available(NULL, h))
		return main_fail(message, -EOPNOTSUPP,
				 "enable: these harts have no hypervisor extension; use a machine (or QEMU: -cpu ...,h=true) that has");
	if (!riscv_isa_extension_available(NULL, ZBA) || !riscv_isa_extension_available(NULL, ZBB) ||
	    !riscv_isa_extension_available(NULL, ZBS)) /* the image is compiled for them */
		return main_fail(message, -EOPNOTSUPP,
				 "enable: these harts have no bit manipulation (Zba, Zbb, Zbs); use a machine that has, as RVA22 asks for");
	error = arch_check_firmware(message);
	return error ? error : arch_find_harts(message);
}

u64 arch_hwid(void)
{
	return harts[smp_processor_id()];
}

/* The table maps only the gigapage the hypervisor is in, to itself. */
int arch_prepare(void *start, u64 base, const struct image_header *header, char *message)
{
	u64 *table = start + header->table_offset;

	if (header->table_offset == 0 || header->table_offset % PAGE_SIZE || header->table_offset > header->boot_offset - PAGE_SIZE ||
	    header->entry_offset % 4)
		return main_fail(message, -ENOEXEC, "enable: " BULKHEAD_IMAGE " has no place for the table to enter it; install it again");
	if (base >= IDENTITY_END)
		return main_fail(message, -ERANGE, "enable: host memory at 0x%llx is beyond 256 GiB; free memory below", base);
	memset(table, 0, PAGE_SIZE);
	table[base >> GIGAPAGE_SHIFT] = (base >> GIGAPAGE_SHIFT << (GIGAPAGE_SHIFT - PAGE_SHIFT)) << _PAGE_PFN_SHIFT | _PAGE_PRESENT |
					_PAGE_READ | _PAGE_WRITE | _PAGE_EXEC | _PAGE_ACCESSED | _PAGE_DIRTY;
	entry_satp = SATP_MODE_39 | (base + header->table_offset) >> PAGE_SHIFT;
	return 0;
}

long arch_enter(u64 entry, u64 base, u32 index)
{
	return bulkhead_enter(base, index, entry, entry_satp);
}

long arch_exit(void)
{
	return bulkhead_call(HYPERCALL_EID_RISCV, HC_CPU_EXIT);
}

long arch_hypercall(u32 number, u64 a, u64 b, u64 c, u64 d)
{
	register u64 a0 asm("a0") = a;
	register u64 a1 asm("a1") = b;
	register u64 a2 asm("a2") = c;
	register u64 a3 asm("a3") = d;
	register u64 a6 asm("a6") = number;
	register u64 a7 asm("a7") = HYPERCALL_EID_RISCV;

	asm volatile("ecall" : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3) : "r"(a6), "r"(a7) : "memory");
	return (long)a0;
}

/* Harts are coherent with each other, MMU or not; what is flushed here is for observers behind the caches. */
void arch_clean(void *start, size_t size)
{
	unsigned long end = (unsigned long)start + size, at;

	mb();
	if (!cache_block)
		return;
	for (at = ALIGN_DOWN((unsigned long)start, cache_block); at < end; at += cache_block)
		asm volatile(".insn i 0x0f, 2, x0, %0, 2" : : "r"(at) : "memory"); /* cbo.flush */
	mb();
}

/* The kernel gives offline CPUs to the firmware, which is the hypervisor. */
void arch_park(u64 hwid)
{
}

const char *arch_hotplug_quirk(void)
{
	return NULL;
}
