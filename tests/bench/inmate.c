// SPDX-License-Identifier: BSD-2-Clause
/*
 * The bench's cell: does each thing that costs an exit COUNT times between two marks, so that the plugin's figures divided by
 * COUNT are the cost of one. Row n stands between the marks 256 + 2n and 257 + 2n; tests/bench/rows.tsv says what n is. Two CPUs.
 */
#include "inmate.h"
#include "mark.h"

#define COUNT 64
#define TICKS 64
#define PSCI_VERSION 0x84000000u
#define OWN_IRQ 132u /* bench.dts */

#define ROW(n, action)                                           \
	do {                                                     \
		MARK(256 + 2 * (n));                             \
		for (u32 count_ = 0; count_ < COUNT; count_++) { \
			action;                                  \
		}                                                \
		MARK(257 + 2 * (n));                             \
	} while (0)

u64 hvc_call(u64 function, u64 a, u64 b, u64 c);

static volatile u32 online, received, ticks;

static u32 read32(u64 address)
{
	return *(const volatile u32 *)address;
}

static void write32(u64 address, u32 value)
{
	*(volatile u32 *)address = value;
}

static void on_sgi(u32 intid)
{
	(void)intid;
	received++;
}

static void on_tick(u64 deadline)
{
	(void)deadline;
	ticks++;
}

static void other(u64 argument)
{
	(void)argument;
	irq_init();
	irq_enable(1, 0x80);
	irqs_enable();
	online = 1;
	for (;;)
		cpu_idle();
}

static void distributor_rows(void)
{
	u64 gicd = comm->gicd_gpa;
	u64 word = OWN_IRQ / 32 * 4;

	ROW(1, read32(gicd + 0x4));                                 /* TYPER */
	ROW(2, read32(gicd + 0x100 + word));                        /* ISENABLER */
	ROW(3, write32(gicd + 0x100 + word, 0));                    /* ISENABLER, nothing */
	ROW(4, write32(gicd + 0x100 + word, 1u << OWN_IRQ % 32));   /* ISENABLER, our own */
	ROW(5, write32(gicd + 0x180 + word, 1u << OWN_IRQ % 32));   /* ICENABLER */
	ROW(6, write32(gicd + 0x400 + OWN_IRQ, 0x80808080));        /* IPRIORITYR, four of which one is ours */
	ROW(7, read32(gicd + 0x400 + OWN_IRQ));                     /* IPRIORITYR */
	ROW(8, write32(gicd + 0xc00 + OWN_IRQ / 16 * 4, 0));        /* ICFGR */
	ROW(9, *(volatile u64 *)(gicd + 0x6000 + 8 * OWN_IRQ) = 0); /* IROUTER */
}

static void redistributor_rows(void)
{
	u64 frame = comm->gicr_gpa;
	u64 sgis = frame + 0x10000;

	ROW(10, *(const volatile u64 *)(frame + 0x8)); /* TYPER */
	ROW(11, read32(sgis + 0x100));                 /* ISENABLER0 */
	ROW(12, write32(sgis + 0x100, 2));             /* ISENABLER0 */
	ROW(13, write32(sgis + 0x400, 0x80808080));    /* IPRIORITYR */
}

static void timer_row(void)
{
	timer_start(on_tick, counter_hz() / 1000);
	irqs_enable();
	MARK(256 + 2 * 16);
	for (u32 end = ticks + TICKS; ticks < end;)
		cpu_idle();
	MARK(257 + 2 * 16);
	irqs_disable();
	timer_stop();
}

int main(void)
{
	MARK(255);
	irq_init();
	irq_handle(1, on_sgi);
	irq_enable(1, 0x80);
	if (cpu_start(1, other, 0) != 0)
		print("bench: the second CPU does not start\n");
	while (!online)
		asm volatile("yield");
	ROW(0, hypercall(HC_NULL, 0, 0, 0, 0));
	distributor_rows();
	redistributor_rows();
	ROW(14, irq_send(2, 1));
	ROW(15, hvc_call(PSCI_VERSION, 0, 0, 0));
	timer_row();
	print("bench: %s\n", received != 0 ? "done" : "the second CPU got no interrupt");
	return 0;
}
