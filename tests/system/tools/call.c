// SPDX-License-Identifier: GPL-2.0-only
/* Makes hypercalls from a process, one after the other: 0 if each was an undefined instruction. Only x86 has to be asked. */
#include "../../../hypervisor/include/bulkhead/abi/hypercall.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static sigjmp_buf back;

static void refused(int signal)
{
	siglongjmp(back, 1);
}

static void call(unsigned long number)
{
#ifdef __x86_64__
	asm volatile("vmmcall" : "+a"(number) : "D"(0), "S"(0), "d"(0), "c"(0) : "memory");
#endif
}

int main(void)
{
	volatile int served = 0;

	signal(SIGILL, refused);
	for (volatile unsigned int i = 0; i < HC_COUNT; i++) {
		if (sigsetjmp(back, 1))
			continue;
		call(HYPERCALL_BASE_X86 + i);
		printf("call %u came back\n", i);
		served++;
	}
	return served != 0;
}
