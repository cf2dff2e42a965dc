/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns panic(): a broken invariant of the hypervisor. Nothing a guest can do leads here; a cell's end by its own doing is
 * cell_fail() in cell.c. No lock: the state is no longer trusted.
 */
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

static u32 panicking;

void panic(const char *fmt, ...)
{
	char text[120];
	va_list args;

	va_start(args, fmt);
	format_list(text, sizeof(text), fmt, args);
	va_end(args);

	/* The first one reports and stops everybody: no cell goes on, as its walls can no longer be vouched for. */
	if (atomic_cas32(&panicking, 0, 1)) {
		console_last_words();
		log_line("hypervisor panic: cpu=%u %s", arch_this_cpu()->index, text);
		for (u32 i = 0; i < cpu_count; i++)
			atomic_or(&cpu_slots[i].request, CPU_REQ_PARK);
		for (u32 i = 0; i < cell_capacity; i++)
			if (cells[i].stage2.live)
				arch_cell_stage2(&cells[i], false); /* who cannot be kicked faults */
		for (u32 i = 0; i < cpu_count; i++) {
			if (i != arch_this_cpu()->index)
				arch_cpu_kick(&cpu_slots[i]);
		}
	}
	for (;;)
		arch_cpu_wait();
}

void check_failed(const char *what)
{
	panic("%s", what);
}
