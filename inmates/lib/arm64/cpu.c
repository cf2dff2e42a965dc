// SPDX-License-Identifier: BSD-2-Clause
/* CPUs, calls into hypervisor and firmware. */
#include "port.h"

#define PSCI_CPU_ON 0xc4000003u
#define PSCI_SYSTEM_OFF 0x84000008u
#define STACK_SIZE 8192

static u8 stacks[INMATE_CPUS][STACK_SIZE] __attribute__((aligned(16)));

void secondary_start(void);

u64 hvc_call(u64 function, u64 a, u64 b, u64 c)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = a;
	register u64 x2 asm("x2") = b;
	register u64 x3 asm("x3") = c;

	asm volatile("hvc #0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
		       "x16", "x17", "memory");
	return x0;
}

u64 smc_call(u64 function, u64 a, u64 b, u64 c)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = a;
	register u64 x2 asm("x2") = b;
	register u64 x3 asm("x3") = c;

	asm volatile("smc #0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
		       "x16", "x17", "memory");
	return x0;
}

s64 hypercall(u64 number, u64 a, u64 b, u64 c, u64 d)
{
	register u64 x0 asm("x0") = HYPERCALL_BASE_ARM64 + number;
	register u64 x1 asm("x1") = a;
	register u64 x2 asm("x2") = b;
	register u64 x3 asm("x3") = c;
	register u64 x4 asm("x4") = d;

	asm volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : "r"(x4) : "memory");
	return (s64)x0;
}

u32 cpu_index(void)
{
	u64 mpidr = sysreg_read(mpidr_el1);

	return (u32)((mpidr & 0xff) | ((mpidr >> 4) & 0xff0));
}

int cpu_start(u32 index, void (*entry)(u64 argument), u64 argument)
{
	struct cpu_slot *slot = &cpu_slots[index];
	u64 line = (u64)(uintptr_t)slot;

	if (index >= INMATE_CPUS)
		return -1;
	slot->stack_top = (u64)(uintptr_t)stacks[index] + STACK_SIZE;
	slot->entry = entry;
	slot->argument = argument;
	/* The new CPU reads its slot and finds its way through the tables with the caches off. */
	for (u64 at = line & ~15ull; at < line + sizeof(*slot); at += 16)
		asm volatile("dc civac, %0" ::"r"(at) : "memory");
	asm volatile("dsb sy" ::: "memory");
	return (int)hvc_call(PSCI_CPU_ON, (index & 15) | ((u64)(index >> 4) << 8), (u64)(uintptr_t)secondary_start, line);
}

void cpu_idle(void)
{
	asm volatile("dsb sy; wfi" ::: "memory");
}

void cpu_park(void)
{
	irqs_disable();
	for (;;)
		cpu_idle();
}

void machine_off(void)
{
	hvc_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	cpu_park();
}

bool irqs_disable(void)
{
	u64 daif = sysreg_read(daif);

	asm volatile("msr daifset, #2" ::: "memory");
	return !(daif & 0x80);
}

void irqs_enable(void)
{
	asm volatile("msr daifclr, #2" ::: "memory");
}

void port_uart_putc(u64 base, char c)
{
	while (mmio_read32(base + 0x18) & 0x20) /* UARTFR.TXFF */
		;
	mmio_write32(base, (u8)c);
}
