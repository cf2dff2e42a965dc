// SPDX-License-Identifier: BSD-2-Clause
/* CPUs, calls into hypervisor and firmware. */
#include "port.h"

#define HSM_HART_START 0
#define STACK_SIZE 8192
#define UART_LSR 5
#define UART_LSR_EMPTY 0x20

static u8 stacks[INMATE_CPUS][STACK_SIZE] __attribute__((aligned(16)));

void secondary_start(void);

struct sbi_result sbi_call(u64 extension, u64 function, u64 a, u64 b, u64 c, u64 d, u64 e)
{
	register u64 a0 asm("a0") = a;
	register u64 a1 asm("a1") = b;
	register u64 a2 asm("a2") = c;
	register u64 a3 asm("a3") = d;
	register u64 a4 asm("a4") = e;
	register u64 a6 asm("a6") = function;
	register u64 a7 asm("a7") = extension;

	asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_result){ (s64)a0, (s64)a1 };
}

s64 hypercall(u64 number, u64 a, u64 b, u64 c, u64 d)
{
	register u64 a0 asm("a0") = a;
	register u64 a1 asm("a1") = b;
	register u64 a2 asm("a2") = c;
	register u64 a3 asm("a3") = d;
	register u64 a6 asm("a6") = number;
	register u64 a7 asm("a7") = HYPERCALL_EID_RISCV;

	asm volatile("ecall" : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3) : "r"(a6), "r"(a7) : "memory");
	return (s64)a0;
}

u32 cpu_index(void)
{
	u64 number;

	asm volatile("mv %0, tp" : "=r"(number));
	return (u32)number;
}

int cpu_start(u32 index, void (*entry)(u64 argument), u64 argument)
{
	struct cpu_slot *slot = &cpu_slots[index];

	if (index >= INMATE_CPUS)
		return -1;
	slot->stack_top = (u64)(uintptr_t)stacks[index] + STACK_SIZE;
	slot->entry = entry;
	slot->argument = argument;
	asm volatile("fence rw, rw" ::: "memory");
	return (int)sbi_call(SBI_EXT_HSM, HSM_HART_START, index, (u64)(uintptr_t)secondary_start, (u64)(uintptr_t)slot, 0, 0).error;
}

void cpu_idle(void)
{
	asm volatile("fence; wfi" ::: "memory");
}

void cpu_park(void)
{
	irqs_disable();
	csr_write(sie, 0); /* or a pending one would not let it wait */
	for (;;)
		cpu_idle();
}

void machine_off(void)
{
	sbi_call(SBI_EXT_SRST, 0, 0, 0, 0, 0, 0); /* shutdown, no reason */
	cpu_park();
}

bool irqs_disable(void)
{
	u64 before;

	asm volatile("csrrci %0, sstatus, 2" : "=r"(before)::"memory");
	return before & SSTATUS_SIE;
}

void irqs_enable(void)
{
	asm volatile("csrsi sstatus, 2" ::: "memory");
}

void port_uart_putc(u64 base, char c)
{
	while (!(mmio_read8(base + UART_LSR) & UART_LSR_EMPTY))
		;
	mmio_write8(base, (u8)c);
}
