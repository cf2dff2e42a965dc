// SPDX-License-Identifier: BSD-2-Clause
/* CPUs, calls into the hypervisor. */
#include "apic.h"

#define UART_LSR 5
#define PORT_KEYBOARD 0x64 /* a PC has no port for off that is the same on each */
#define KEYBOARD_RESET 0xfe
#define UART_LSR_EMPTY 0x20
#define RFLAGS_IF 0x200

u8 port_stacks[INMATE_CPUS][STACK_SIZE] __attribute__((aligned(STACK_SIZE)));
volatile u32 port_starting; /* number of the CPU that is being started */

extern const u8 trampoline[], trampoline_end[];

s64 hypercall(u64 number, u64 a, u64 b, u64 c, u64 d)
{
	u64 result = HYPERCALL_BASE_X86 + number;

	asm volatile("vmmcall" : "+a"(result), "+D"(a), "+S"(b), "+d"(c) : "c"(d) : "memory");
	return (s64)result;
}

u32 cpu_index(void)
{
	u64 sp;

	asm volatile("movq %%rsp, %0" : "=r"(sp));
	return (u32) * (const u64 *)(uintptr_t)(sp & ~(STACK_SIZE - 1ull));
}

u32 apic_id_of(u32 cpu)
{
	return comm->apic_id[cpu];
}

/* The calls as every manual has them: INIT, a pause, STARTUP twice. */
int cpu_start(u32 index, void (*entry)(u64 argument), u64 argument)
{
	struct cpu_slot *slot = &cpu_slots[index];
	u64 to, start;

	if (index >= INMATE_CPUS || index >= comm->cpu_count)
		return -1;
	map_range(TRAMPOLINE, BULKHEAD_PAGE_SIZE, MAP_NORMAL);
	memcpy((void *)TRAMPOLINE, trampoline, (size_t)(trampoline_end - trampoline));
	slot->entry = entry;
	slot->argument = argument;
	slot->arrived = 0;
	port_starting = index;
	to = (u64)apic_id_of(index) << ICR_DESTINATION;
	apic_command(to | ICR_INIT | ICR_ASSERT);
	spin(counter_hz() / 100);
	for (u32 i = 0; i < 2 && !slot->arrived; i++) {
		apic_command(to | ICR_STARTUP | TRAMPOLINE >> 12);
		start = counter_now();
		while (!slot->arrived && counter_now() - start < (i == 0 ? counter_hz() / 5000 : 10 * counter_hz()))
			;
	}
	return slot->arrived ? 0 : -1;
}

void port_start_secondary(void)
{
	port_idt_load();
	cpu_slots[cpu_index()].arrived = 1;
	port_main_secondary();
}

void port_start(u64 argument)
{
	port_idt_load();
	port_mmu_init(argument);
	port_main(argument);
}

void cpu_idle(void)
{
	u64 flags;

	/* With interrupts off HLT would wait for ever: then one is let in, or pending, and masked again. */
	asm volatile("pushfq; popq %0" : "=r"(flags)::"memory");
	asm volatile("sti; hlt" ::: "memory");
	if (!(flags & RFLAGS_IF))
		irqs_disable();
}

void cpu_park(void)
{
	for (;;)
		asm volatile("cli; hlt" ::: "memory");
}

void machine_off(void)
{
	port_out8(PORT_KEYBOARD, KEYBOARD_RESET);
	cpu_park();
}

bool irqs_disable(void)
{
	u64 flags;

	asm volatile("pushfq; popq %0; cli" : "=r"(flags)::"memory");
	return flags & RFLAGS_IF;
}

void irqs_enable(void)
{
	asm volatile("sti" ::: "memory");
}

void port_uart_putc(u64 base, char c)
{
	while (!(port_in8((u16)(base + UART_LSR)) & UART_LSR_EMPTY))
		;
	port_out8((u16)base, (u8)c);
}
