/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only reader and writer of guest memory: bounded copies through this CPU's private window, each page checked against
 * who owns it. Callers hold mgmt, so ownership does not change under a copy.
 */
#include <bulkhead/arch.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

/* Guest-physical range -> physical, within one contiguous region of the cell's own RAM. */
static int translate(const struct cell *cell, struct range gpa, struct pa *pa)
{
	if (!range_ok(gpa))
		return -BH_EFAULT;
	if (cell_is_root(cell)) {
		if (!place_in_ram(gpa) || !ledger_root_owns(&ledger, LEDGER_MEMORY, gpa))
			return -BH_EFAULT;
		pa->v = gpa.start;
		return 0;
	}
	for (u32 i = 0; i < cell->memory_count; i++) {
		if (!(cell->memory[i].flags & CELL_MEM_SHARED) &&
		    range_contains(range_make(cell->memory[i].gpa, cell->memory[i].size), gpa)) {
			pa->v = cell->memory[i].host + (gpa.start - cell->memory[i].gpa);
			return 0;
		}
	}
	return -BH_EFAULT;
}

static int guestmem_map(struct cell *cell, u64 gpa, u64 size, u32 slot, void **mapped)
{
	u64 offset = gpa & (PAGE_SIZE - 1);
	struct pa pa;
	int err;

	if (size == 0 || page_round_up(offset + size) > ARCH_WINDOW_PAGES * PAGE_SIZE)
		return -BH_EINVAL;
	err = translate(cell, range_make(gpa, size), &pa);
	if (err)
		return err;
	pa.v -= offset;
	*mapped = (char *)arch_window((enum window_slot)slot, pa, (u32)(page_round_up(offset + size) >> PAGE_SHIFT)) + offset;
	return 0;
}

static int read(struct cell *cell, u64 gpa, void *to, u64 size)
{
	void *from;
	int err = guestmem_map(cell, gpa, size, WINDOW_SOURCE, &from);

	if (err == 0)
		memcpy(to, from, size);
	return err;
}

int guestmem_read(struct mgmt m, struct cell *cell, u64 gpa, void *to, u64 size)
{
	return read(cell, gpa, to, size);
}

int guestmem_read_own(struct cell *cell, u64 gpa, void *to, u64 size)
{
	struct mgmt m;

	/* The memory of a cell that runs does not change. */
	if (!cell_is_root(cell))
		return read(cell, gpa, to, size);
	if (!mgmt_trylock(&m))
		return -BH_EAGAIN;
	int err = read(cell, gpa, to, size);
	mgmt_unlock(m);
	return err;
}

int guestmem_write(struct mgmt m, struct cell *cell, u64 gpa, const void *from, u64 size)
{
	void *to;
	int err = guestmem_map(cell, gpa, size, WINDOW_TARGET, &to);

	if (err == 0)
		memcpy(to, from, size);
	return err;
}

int guestmem_copy(struct mgmt m, struct cell *to, u64 to_gpa, struct cell *from, u64 from_gpa, u64 size)
{
	void *source, *target;
	int err;

	if (((to_gpa | from_gpa) & 7) && size > PAGE_SIZE) /* byte by byte: no call may take longer */
		return -BH_EINVAL;
	err = guestmem_map(from, from_gpa, size, WINDOW_SOURCE, &source);
	if (err == 0)
		err = guestmem_map(to, to_gpa, size, WINDOW_TARGET, &target);
	if (err)
		return err;
	memcpy(target, source, size);
	arch_clean(target, size, CLEAN_CODE);
	return 0;
}
