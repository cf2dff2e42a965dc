// SPDX-License-Identifier: BSD-2-Clause
/* Invalidates cache blocks of its own memory, which must bring back nothing an earlier owner left there. */
#include "port.h"
#include "probe.h"

#define CBO_INVAL_A0 ".word 0x0005200f"

static void invalidate(u64 address)
{
	u64 cause = 0;

	trap_expect(&cause);
	asm volatile("mv a0, %0\n" CBO_INVAL_A0 ::"r"(address) : "a0", "memory"); /* illegal without Zicbom */
	trap_expect(NULL);
}

int main(void)
{
	static volatile u64 own[512] __attribute__((aligned(4096)));
	u64 bytes, odd = 0;

	probe_start("cbo-inval");
	for (u32 i = 0; i < 512; i++)
		own[i] = PROBE_CANARY;
	probe_control(own[511] == PROBE_CANARY);
	probe_attack((u64)(uintptr_t)own);
	for (u32 i = 0; i < 512; i += 8)
		invalidate((u64)(uintptr_t)&own[i]);
	for (u32 i = 0; i < 512; i++)
		odd += own[i] != PROBE_CANARY;
	/* Memory nobody wrote since the cell was made: zero before and after. */
	bytes = comm->memory_gpa + comm->memory_size - 4096;
	for (u64 at = bytes; at < bytes + 4096; at += 64)
		invalidate(at);
	for (u64 at = bytes; at < bytes + 4096; at += 8)
		odd += mmio_read64(at) != 0;
	asm volatile(".globl attack\nattack: nop");
	probe_survived(odd);
	return 0;
}
