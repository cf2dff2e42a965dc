// SPDX-License-Identifier: BSD-2-Clause
/* What a guest starts with, and the start of main(). */
#include "port.h"

struct comm_page *comm;
struct cpu_slot cpu_slots[INMATE_CPUS];
u64 port_start_residue;

volatile struct inmate_param *inmate_param(void)
{
	extern char _start[];

	return (volatile struct inmate_param *)(_start + PARAM_PAGE_OFFSET);
}

void port_main_secondary(void)
{
	struct cpu_slot *slot = &cpu_slots[cpu_index()];

	slot->entry(slot->argument);
}

void port_main(u64 argument)
{
	struct comm_page *page = (struct comm_page *)(uintptr_t)argument;

	if (page != NULL && page->magic == COMM_MAGIC)
		comm = page;
	main();
}
