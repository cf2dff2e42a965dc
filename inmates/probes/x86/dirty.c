// SPDX-License-Identifier: BSD-2-Clause
/* Fills every register it can with a pattern, then waits to be destroyed; `registers` on the same CPU must see none of it. */
#include "registers.h"

#define STATE_FILLED 0x2efu /* x87, SSE, AVX, bounds, AVX-512, keys: what takes any value */

/* True: it is there to be found. */
static bool state_fill(void)
{
	u64 on, before = 0;

	on = state_on(&before);
	if (on == 0)
		return true;
	memset(state, 0xd1, STATE_SIZE);
	memset(state + STATE_HEADER, 0, STATE_COMPONENTS - STATE_HEADER);
	*(u64 *)(state + STATE_HEADER) = on & STATE_FILLED;
	*(u64 *)(state + STATE_LEGACY_X87) = 0xd1d100d15100113full; /* exceptions stay masked */
	*(u64 *)(state + STATE_LEGACY_MXCSR) = 0xdfd1;
	asm volatile("xrstor64 %0" ::"m"(state), "a"((u32)on), "d"((u32)(on >> 32)));
	state_save();
	return *(u64 *)(state + 160) == PATTERN && (!(on & 4) || *(u64 *)(state + cpuid_read(0xd, 2).ebx) == PATTERN);
}

/* One interrupt in service, others pending, the timer on. */
static void interrupts_fill(void)
{
	irq_init();
	msr_write(X2APIC_SELF_IPI, VECTOR_SPURIOUS); /* the library does not end this one */
	irqs_enable();
	irqs_disable();
	msr_write(X2APIC_SELF_IPI, VECTOR_PENDING);
	msr_write(X2APIC_SELF_IPI, 0x31);
}

static void debug_fill(void)
{
	asm volatile("movq %0, %%dr0; movq %0, %%dr1; movq %0, %%dr2; movq %0, %%dr3" ::"r"(PATTERN));
	asm volatile("movq %0, %%dr6; movq %1, %%dr7" ::"r"(DR6_DIRTY), "r"(DR7_DIRTY));
}

int main(void)
{
	bool good;

	probe_start("dirty");
	good = state_fill();
	interrupts_fill();
	debug_fill();
	for (u32 i = 0; i < REGISTER_COUNT; i++)
		expected_write(registers[i].msr, registers[i].dirty);
	msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SCE);
	good = good && msr_read(0xc0000082) == CANONICAL && msr_read(X2APIC_TPR) == 0xd0 && msr_read(X2APIC_ISR + 7) >> 31 &&
	       (msr_read(X2APIC_IRR + VECTOR_PENDING / 32) >> VECTOR_PENDING % 32 & 1);
	probe_control(good);
	probe_attack(PATTERN);
	print("probe: done\n");
	asm volatile("movq %0, %%cr2\nmovq %0, %%rbx\nmovq %0, %%rcx\nmovq %0, %%rdx\nmovq %0, %%rsi\nmovq %0, %%rdi\nmovq %0, %%rbp\n"
		     "movq %0, %%rsp\nmovq %0, %%r8\nmovq %0, %%r9\nmovq %0, %%r10\nmovq %0, %%r11\nmovq %0, %%r12\nmovq %0, %%r13\n"
		     "movq %0, %%r14\nmovq %0, %%r15\n.globl attack\nattack: hlt\njmp attack" ::"a"(PATTERN));
	return 0;
}
