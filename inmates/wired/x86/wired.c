// SPDX-License-Identifier: BSD-2-Clause
/*
 * The interrupt of a UART, by the cell's pin of the IO-APIC: raised by its owner again and again by letting the UART say that it has room,
 * which makes no exit. The number of times (parameter target) stands between the marks "begin" and "end", edge-triggered; then between
 * "level" and "over" as many as a level, which ends by the local APIC's broadcast.
 */
#include "apic.h"
#include "inmate.h"

#define ROUNDS 1000
#define WIRE 1 /* of irq_handle() */

#define IOAPIC 0xfec00000ull /* where every machine has its first */
#define IOAPIC_WINDOW 0x10
#define IOAPIC_PIN(n) (0x10 + 2 * (n))
#define PIN_LEVEL 0x8000
#define PIN_MASKED 0x10000
#define PIN_CPU 24 /* shift, of the high word */

#define UART_IER 1
#define IER_ROOM 2
#define UART_IIR 2
#define UART_MCR 4
#define MCR_OUT2 8 /* a PC's gate from the UART to the interrupt controller */

static volatile u64 taken;

static void ioapic_write(u32 reg, u32 value)
{
	mmio_write32(IOAPIC, reg);
	mmio_write32(IOAPIC + IOAPIC_WINDOW, value);
}

static u32 ioapic_read(u32 reg)
{
	mmio_write32(IOAPIC, reg);
	return mmio_read32(IOAPIC + IOAPIC_WINDOW);
}

static void take(u32 intid)
{
	(void)intid;
	port_in8((u16)(comm->uart_gpa + UART_IIR)); /* and it is quiet */
	port_out8((u16)(comm->uart_gpa + UART_IER), 0);
	taken++;
}

static bool raise_and_wait(void)
{
	u64 wanted = taken + 1, start = counter_now();

	port_out8((u16)(comm->uart_gpa + UART_IER), IER_ROOM);
	while (taken < wanted && counter_now() - start < counter_hz())
		;
	return taken == wanted;
}

static void pin_set(u32 flags)
{
	ioapic_write(IOAPIC_PIN(comm->uart_intid) + 1, apic_id_of(0) << PIN_CPU);
	ioapic_write(IOAPIC_PIN(comm->uart_intid), flags | (VECTOR_FIRST + WIRE));
}

int main(void)
{
	u64 rounds = inmate_param()->target, good = 0, before;

	if (rounds == 0)
		rounds = ROUNDS;
	map_range(IOAPIC, BULKHEAD_PAGE_SIZE, MAP_DEVICE);
	irq_init();
	irq_handle(WIRE, take);
	print("wired: pin %u\n", comm->uart_intid);
	port_out8((u16)(comm->uart_gpa + UART_MCR), MCR_OUT2);
	pin_set(0);
	irqs_enable();
	mark("begin");
	for (u64 i = 0; i < rounds; i++)
		good += raise_and_wait();
	mark("end");
	print("wired: %lu of %lu taken once\n", good, rounds);

	pin_set(PIN_MASKED | PIN_LEVEL);
	pin_set(PIN_LEVEL);
	mark("level");
	before = taken;
	for (u64 i = 0; i < rounds; i++)
		raise_and_wait(); /* the library ends it before it is quiet: it may come twice */
	mark("over");
	print("wired: %lu of %lu as a level\n", taken - before < rounds ? taken - before : rounds, rounds);
	pin_set(PIN_MASKED);
	print("wired: pin 0x%x\n", ioapic_read(IOAPIC_PIN(comm->uart_intid)));
	before = taken;
	raise_and_wait();
	print("wired: %lu while masked\n", taken - before);
	port_out8((u16)(comm->uart_gpa + UART_IER), 0);
	print("wired: done\n");
	return 0;
}
