/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt remapping by VT-d, as far as the pins of cells need it: with x2APIC the unit takes no message that does not name an entry
 * of its table. Table and invalidation queue are the root's kernel's; nobody but it can make the unit forget an entry it has cached.
 *
 * So an entry of ours never changes: its place in the table says all it holds (CPU, trigger, vector). An entry that is not present is
 * not cached (Caching Mode is 0), and a cached one is right for ever. Ours are in the upper half, two rows of 256 for each APIC id, from
 * the end down; the kernel gives out entries from the start up. One that is somebody else's is left alone, and the pin stays masked.
 */
#include <asm/ioapic.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

/* VT-d specification, chapters 9 and 10. */
#define VTD_CAP 0x08
#define CAP_CACHING_MODE BIT64(7)
#define VTD_GSTS 0x1c
#define GSTS_REMAPPING (1u << 25)
#define VTD_IRTA 0xb8
#define IRTA_X2APIC BIT64(11)
#define IRTA_ENTRIES(irta) (2u << ((irta)&15))

#define ENTRY_SIZE 16
#define ENTRY_PRESENT 1ull
#define ENTRY_LEVEL 0x10ull
#define ENTRY_VECTOR_SHIFT 16
#define ENTRY_CPU_SHIFT 32
#define ENTRY_VERIFY BIT64(18) /* of the upper half: who asks is the source id below */
#define ROWS 2
#define VECTORS 256

static u64 table;
static u32 entries; /* 0: no interrupts for cells */

/* Logs why not. */
void remap_init(const struct system_plan *plan)
{
	u64 unit = plan_remap_unit(plan), irta;

	entries = 0;
	if (unit == 0 || arch_map_device(range_make(unit, PAGE_SIZE)) != 0) {
		log_line("no VT-d unit for the IO-APIC: cells get no interrupts");
		return;
	}
	irta = mmio_read64(unit + VTD_IRTA);
	if (!(mmio_read32(unit + VTD_GSTS) & GSTS_REMAPPING) || !(irta & IRTA_X2APIC) || (mmio_read64(unit + VTD_CAP) & CAP_CACHING_MODE)) {
		log_line("the VT-d unit remaps no interrupts, or caches what is not present: cells get none");
		return;
	}
	for (u32 i = 0; i < plan->cpu_count; i++)
		if ((plan->cpu[i].hwid + 1) * ROWS * VECTORS > IRTA_ENTRIES(irta) / 2) {
			log_line("the table of remapped interrupts is too small: cells get none");
			return;
		}
	table = page_base(irta);
	entries = IRTA_ENTRIES(irta);
}

bool remap_ready(void)
{
	return entries != 0;
}

u32 remap_entry(u64 hwid, bool level, u8 vector)
{
	u64 low = hwid << ENTRY_CPU_SHIFT | (u64)vector << ENTRY_VECTOR_SHIFT | (level ? ENTRY_LEVEL : 0) | ENTRY_PRESENT;
	u64 high = ENTRY_VERIFY | system_plan.x86->remap_source;
	u32 index = entries - (u32)(hwid + 1) * ROWS * VECTORS + (level ? VECTORS : 0) + vector;
	u64 pa = table + (u64)index * ENTRY_SIZE;
	volatile u64 *entry = (volatile u64 *)((char *)arch_window(WINDOW_POOL, (struct pa){ page_base(pa) }, 1) + (pa - page_base(pa)));

	if (!(entry[0] & ENTRY_PRESENT)) {
		entry[1] = high;
		entry[0] = low;
		cache_flush_line((const void *)entry); /* the unit need not look into caches */
	}
	return entry[0] == low && entry[1] == high ? index : REMAP_NONE;
}
