// SPDX-License-Identifier: BSD-2-Clause
/*
 * Looks for what an earlier owner of this CPU left behind (see dirty): "left NAME NUMBER: VALUE" for each register that is not as after
 * a reset, and the number of those.
 */
#include "registers.h"

static u64 left;

static void look(const char *name, u64 number, u64 value, u64 reset)
{
	if (value == reset)
		return;
	print("left %s 0x%lx: 0x%lx\n", name, number, value);
	left++;
}

static void msrs_look(void)
{
	u64 value;

	for (u32 i = 0; i < REGISTER_COUNT; i++)
		if (expected_read(registers[i].msr, &value))
			look("msr", registers[i].msr, value, registers[i].reset);
	look("efer", MSR_EFER, msr_read(MSR_EFER) & EFER_SCE, 0);
	for (u32 i = 0; i < X2APIC_BITS; i++)
		look("interrupts", X2APIC_ISR + i, msr_read(X2APIC_ISR + i), 0);
	look("timer", X2APIC_TIMER_CURRENT, msr_read(X2APIC_TIMER_CURRENT), 0);
	look("errors", X2APIC_ESR, msr_read(X2APIC_ESR), 0);
}

static void debug_look(void)
{
	u64 value[6];

	asm volatile("movq %%dr0, %0; movq %%dr1, %1; movq %%dr2, %2" : "=r"(value[0]), "=r"(value[1]), "=r"(value[2]));
	asm volatile("movq %%dr3, %0; movq %%dr6, %1; movq %%dr7, %2" : "=r"(value[3]), "=r"(value[4]), "=r"(value[5]));
	for (u32 i = 0; i < 4; i++)
		look("dr", i, value[i], 0);
	look("dr", 6, value[4], DR6_RESET);
	look("dr", 7, value[5], DR7_RESET);
}

static void state_look(void)
{
	u64 before = 1;

	if (state_on(&before) == 0)
		return;
	look("xcr0", 0, before, 1);
	state_save();
	for (u32 at = 0; at < STATE_SIZE; at += 8) {
		u64 value = *(u64 *)(state + at);

		if (at == STATE_LEGACY_MXCSR)
			look("state", at, (u32)value, MXCSR_RESET);
		else if (at != STATE_HEADER)
			look("state", at, value, at == STATE_LEGACY_X87 ? X87_RESET : 0);
	}
}

int main(void)
{
	static volatile u64 own = CANONICAL;

	probe_start("registers");
	print("general 0x%lx\n", port_start_residue);
	left += port_start_residue != 0;
	msrs_look();
	debug_look();
	state_look();
	msr_write(0xc0000082, own);
	probe_control(msr_read(0xc0000082) == CANONICAL);
	probe_attack(PATTERN);
	asm volatile(".globl attack\nattack: nop");
	probe_survived(left);
	return 0;
}
