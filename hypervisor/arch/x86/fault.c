/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns nested page faults: trapped registers, the root's retries and exceptions, the end of a cell that reached outside its walls.
 * The hardware does not say which instruction it was: it is read from guest memory, through the guest's own tables.
 */
#include <asm/insn.h>
#include <asm/mm.h>
#include <asm/port.h>
#include <asm/vcpu.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define CR4_PSE BIT64(4)
#define ADDRESS_MASK GENMASK64(51, 12)

/* --- the guest's tables ----------------------------------------------------------------------------------------------- */

struct walk {
	u32 levels, entry_size, bits; /* bits of an index */
	u64 table;
	bool big; /* 32-bit tables: PSE */
};

/* False: no paging, an address is one already. */
static bool walk_start(struct walk *w)
{
	u64 cr4 = vcpu_read(VCPU_CR4), cr3 = vcpu_read(VCPU_CR3);

	if (!(vcpu_read(VCPU_CR0) & CR0_PG))
		return false;
	*w = (struct walk){ .levels = 2, .entry_size = 4, .bits = 10, .table = cr3 & 0xfffff000, .big = cr4 & CR4_PSE };
	if (cr4 & CR4_PAE) {
		bool is_long = vcpu_read(VCPU_EFER) & EFER_LMA;

		w->levels = !is_long ? 3 : cr4 & CR4_LA57 ? 5 : 4;
		w->entry_size = 8;
		w->bits = 9;
		w->table = is_long ? cr3 & ADDRESS_MASK : cr3 & 0xffffffe0;
	}
	return true;
}

/* A leaf, or the next table; PAE's top level has four entries, which the index of a 32-bit address gives by itself. */
static int walk_level(struct cpu *cpu, struct walk *w, u32 level, u64 address, u64 *gpa, bool *leaf)
{
	u32 shift = 12 + w->bits * level;
	u64 entry = 0, index = address >> shift & (BIT64(w->bits) - 1);
	int err = guestmem_read_own(cpu->cell, w->table + index * w->entry_size, &entry, w->entry_size);

	if (err)
		return err;
	if (!(entry & PTE_P))
		return -BH_EFAULT;
	*leaf = level == 0 || ((entry & PTE_PS) && (w->entry_size == 8 || w->big));
	w->table = entry & ADDRESS_MASK;
	*gpa = (w->table & ~(BIT64(shift) - 1)) | (address & (BIT64(shift) - 1));
	return 0;
}

/* 0; -EAGAIN: the guest is to try again; -EFAULT: not mapped any more. */
static int guest_translate(struct cpu *cpu, u64 address, u64 *gpa)
{
	struct walk w;
	bool leaf = false;
	int err = 0;

	*gpa = address;
	if (!walk_start(&w))
		return 0;
	for (u32 level = w.levels; err == 0 && !leaf && level-- > 0;)
		err = walk_level(cpu, &w, level, address, gpa, &leaf);
	return err;
}

/* What is before the end of memory the guest has; *count says how much. */
static int fetch(struct cpu *cpu, u8 *bytes, u32 *count)
{
	u64 address = vcpu_read(VCPU_CS_BASE) + vcpu_read(VCPU_RIP);
	u64 gpa;

	if (vcpu_code_bits() != 64)
		address = (u32)address;
	*count = 0;
	while (*count < INSN_MAX) {
		u32 part = (u32)(PAGE_SIZE - (address & (PAGE_SIZE - 1)));
		int err = guest_translate(cpu, address, &gpa);

		part = part < INSN_MAX - *count ? part : INSN_MAX - *count;
		if (err == 0)
			err = guestmem_read_own(cpu->cell, gpa, bytes + *count, part);
		if (err == -BH_EAGAIN || (err && *count == 0))
			return err;
		if (err)
			break;
		*count += part;
		address += part;
	}
	return 0;
}

static int decode(struct cpu *cpu, struct insn_access *insn)
{
	u8 bytes[INSN_MAX];
	u32 count;
	int err = fetch(cpu, bytes, &count);

	if (err)
		return err;
	return insn_decode(bytes, count, (enum insn_mode)vcpu_code_bits(), insn) ? 0 : -BH_EINVAL;
}

/* --- the access ------------------------------------------------------------------------------------------------------- */

static u64 low_bytes(u64 value, u32 width)
{
	return width == 8 ? value : value & (BIT64(8 * width) - 1);
}

static struct mmio_access access_of(const struct trap_frame *frame, const struct insn_access *i, u64 gpa)
{
	struct mmio_access access = { .gpa = gpa, .width = i->width, .write = i->write };

	if (i->write)
		access.value = low_bytes(i->immediate ? i->value : frame->r[i->reg] >> (i->high ? 8 : 0), i->width);
	return access;
}

static void complete(struct cpu *cpu, struct trap_frame *frame, const struct insn_access *i, u64 value)
{
	u64 *r = &frame->r[i->reg];
	u32 unused = 64 - 8u * i->width;

	if (!i->write) {
		value = i->sign_extend ? (u64)((s64)(value << unused) >> unused) : value << unused >> unused;
		if (i->high)
			*r = (*r & ~0xff00ull) | (value & 0xff) << 8;
		else if (i->reg_width >= 4)
			*r = low_bytes(value, i->reg_width);
		else
			*r = (*r & ~low_bytes(~0ull, i->reg_width)) | low_bytes(value, i->reg_width);
	}
	vcpu_skip(cpu, i->length);
}

/* A general protection fault: what the kernel's fix-up tables handle, and what ends a process. */
static void root_fault(struct cpu *cpu, struct trap_frame *frame, u64 gpa, bool write)
{
	struct insn_access insn = { .width = 1 };
	int err = decode(cpu, &insn);

	if (err == -BH_EAGAIN)
		return;
	struct mmio_access access = access_of(frame, &insn, gpa);
	struct mmio_region whole = { .gpa = { gpa, access.width }, .host = gpa, .widths = 0xf };

	switch (mmio_root_access(range_make(gpa, access.width), write)) {
	case ROOT_RETRY: return;
	case ROOT_FORWARD:
		if (err == 0 && mmio_forward(cpu, &whole, 0, &access) == MMIO_DONE) {
			complete(cpu, frame, &insn, access.value);
			return;
		}
		break;
	default: break;
	}
	__atomic_fetch_add(&cell_root_faults, 1, __ATOMIC_RELAXED);
	inject_gp(cpu);
}

/* True: it was a register that is trapped, and the access is done. */
static bool trapped_register(struct cpu *cpu, struct trap_frame *frame, u64 gpa)
{
	const struct mmio_region *region = mmio_find(&cpu->cell->mmio, gpa, 1);
	struct insn_access insn;

	if (region == NULL || decode(cpu, &insn) != 0)
		return false;
	u64 offset = gpa - region->gpa.start;
	if (insn.width > region->gpa.size - offset)
		return false;
	struct mmio_access access = access_of(frame, &insn, gpa);
	count_exit(cpu, EXIT_MMIO);
	if (region->handler(cpu, region, offset, &access) != MMIO_DONE) {
		if (!cell_is_root(cpu->cell))
			cell_fault(cpu, FAULT_MMIO, gpa, 0);
		__atomic_fetch_add(&cell_root_faults, 1, __ATOMIC_RELAXED);
		inject_gp(cpu);
		return true;
	}
	complete(cpu, frame, &insn, access.value);
	return true;
}

void trap_memory(struct cpu *cpu, struct trap_frame *frame, u64 gpa, bool write, bool is_fetch)
{
	if (!is_fetch && trapped_register(cpu, frame, gpa))
		return;
	count_exit(cpu, EXIT_MEMORY);
	/* With its second stage pulled a CPU ends up here: it is asked to park or to wait, not at fault. */
	if (cpu_service(cpu))
		return;
	if (cell_is_root(cpu->cell)) {
		root_fault(cpu, frame, gpa, write);
		return;
	}
	enum fault_cause cause = write ? FAULT_WRITE : FAULT_READ;

	if (is_fetch)
		cause = FAULT_EXECUTE;
	else if (mmio_find(&cpu->cell->mmio, gpa, 1))
		cause = FAULT_UNDECODED;
	cell_fault(cpu, cause, gpa, 0);
}
