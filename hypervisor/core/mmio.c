/* SPDX-License-Identifier: GPL-2.0-only */
/* Per-cell table of trapped register ranges, sorted and disjoint; filled at create, then read without a lock. */
#include <bulkhead/abi/blob.h>
#include <bulkhead/arch.h>
#include <bulkhead/mmio.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

int mmio_add(struct mmio_table *t, struct mmio_region region)
{
	u32 at = 0;

	if (!range_ok(region.gpa))
		return -BH_EINVAL;
	while (at < t->count && range_last(t->region[at].gpa) < region.gpa.start)
		at++;
	if (at < t->count && range_overlaps(t->region[at].gpa, region.gpa))
		return -BH_EBUSY;
	if (t->count == MMIO_MAX_REGIONS)
		return -BH_ENOSPC;
	memmove(&t->region[at + 1], &t->region[at], (t->count - at) * sizeof(region));
	t->region[at] = region;
	t->count++;
	return 0;
}

static void hardware_read(u64 at, struct mmio_access *a)
{
	switch (a->width) {
	case 1: a->value = mmio_read8(at); break;
	case 2: a->value = mmio_read16(at); break;
	case 4: a->value = mmio_read32(at); break;
	default: a->value = mmio_read64(at); break;
	}
}

static void hardware_write(u64 at, const struct mmio_access *a)
{
	switch (a->width) {
	case 1: mmio_write8(at, (u8)a->value); break;
	case 2: mmio_write16(at, (u16)a->value); break;
	case 4: mmio_write32(at, (u32)a->value); break;
	default: mmio_write64(at, a->value); break;
	}
}

enum mmio_result mmio_forward(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	u64 host = region->host + offset;
	u64 at;

	/* Bit n of widths allows 1 << n bytes, so width itself is the bit. A misaligned device access would abort here, not there. */
	if ((region->widths & access->width) == 0 || (host & (access->width - 1u)) != 0)
		return MMIO_DENIED;
	if (access->write && (region->flags & BLOB_MMIO_READ_ONLY) != 0)
		return MMIO_DENIED;
	at = (u64)(uintptr_t)arch_window(WINDOW_DEVICE, (struct pa){ page_base(host) }, 1) + (host - page_base(host));
	if (access->write && region->keep != 0) /* 4 bytes; nobody else may write the others meanwhile: the register is this cell's */
		access->value ^= (access->value ^ mmio_read32(at)) & region->keep;
	if (access->write)
		hardware_write(at, access);
	else
		hardware_read(at, access);
	return MMIO_DONE;
}

enum root_access mmio_root_access(struct range bytes, bool write)
{
	struct range page = range_make(page_base(bytes.start), PAGE_SIZE);
	enum root_access result = ROOT_DENY;
	u16 who = OWNER_ROOT;
	struct mgmt m;

	if (!mgmt_trylock(&m))
		return ROOT_RETRY;
	if (range_last(bytes) < system_plan.machine->phys_limit) {
		if (ledger_check_free(&ledger, LEDGER_MEMORY, bytes, &who) == 0)
			result = ledger_root_owns(&ledger, LEDGER_MEMORY, page) ? ROOT_RETRY : ROOT_FORWARD;
		else if (who == OWNER_ROOT_WINDOW || (who == OWNER_HEADER && !write))
			result = ROOT_RETRY;
	}
	mgmt_unlock(m);
	return result;
}
