// SPDX-License-Identifier: BSD-2-Clause
/* Invalidates caches by set and way, which would throw away what others wrote. */
#include "port.h"
#include "probe.h"

int main(void)
{
	static volatile u64 own;

	probe_start("set-way");
	own = PROBE_CANARY;
	asm volatile("dc civac, %0; dsb sy" ::"r"(&own) : "memory");
	probe_control(own == PROBE_CANARY);
	probe_attack(0);
	for (u64 level = 0; level < 2; level++) {
		for (u64 set = 0; set < 64; set++)
			asm volatile("dc cisw, %0" ::"r"(set << 6 | level << 1) : "memory");
	}
	asm volatile(".globl attack\nattack: dc isw, %0; dsb sy" ::"r"(0ull) : "memory");
	probe_survived(own == PROBE_CANARY);
	return 0;
}
