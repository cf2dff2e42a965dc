// SPDX-License-Identifier: BSD-2-Clause
/* Lets the walker of the cell's own MMU read its tables from memory that is not the cell's: the target, as TTBR1 table. */
#include "probe.h"
#include "port.h"

int main(void)
{
	static u64 own[512] __attribute__((aligned(4096)));
	u64 high = 0xffffff8000000000ull;
	u64 target, tcr;

	probe_start("table-walk");
	target = probe_target(comm->memory_gpa + comm->memory_size + 0x1000000, MAP_NORMAL) & ~0xfffull;
	own[0] = ((u64)(uintptr_t)own & ~0x3fffffffull) | 0x701; /* 1 GiB block around this image */
	tcr = sysreg_read(tcr_el1);
	tcr = (tcr & ~(0xffull << 16 | 0xffull << 24)) | (25ull << 16) | (1ull << 24) | (1ull << 26) | (3ull << 28) | (2ull << 30);
	sysreg_write(ttbr1_el1, (u64)(uintptr_t)own);
	sysreg_write(tcr_el1, tcr);
	asm volatile("dsb sy; isb; tlbi vmalle1; dsb sy; isb" ::: "memory");
	probe_control(*(volatile u64 *)(uintptr_t)(high + ((u64)(uintptr_t)own & 0x3fffffff)) == own[0]);
	probe_attack(target);
	sysreg_write(ttbr1_el1, target);
	asm volatile("dsb sy; isb; tlbi vmalle1; dsb sy; isb" ::: "memory");
	probe_survived(attack_read(high));
	return 0;
}
