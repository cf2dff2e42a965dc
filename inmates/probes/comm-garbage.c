// SPDX-License-Identifier: BSD-2-Clause
/* Fills the comm page with garbage and goes on: nothing in it may be trusted. */
#include "probe.h"

int main(void)
{
	struct comm_page saved = *comm;
	volatile u8 *bytes = (volatile u8 *)comm;

	probe_start("comm-garbage");
	probe_control(comm->magic == COMM_MAGIC);
	probe_attack((u64)(uintptr_t)comm);
	for (u32 i = 0; i < BULKHEAD_PAGE_SIZE; i++)
		bytes[i] = 0xff;
	asm volatile(".globl attack\nattack: nop");
	hypercall(HC_NULL, 0, 0, 0, 0);
	hypercall(HC_CONSOLE_WRITE, 1, '\n', 0, 0);
	*comm = saved;
	probe_survived(0);
	return 0;
}
