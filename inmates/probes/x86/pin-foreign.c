// SPDX-License-Identifier: BSD-2-Clause
/* Takes every pin of the IO-APIC that is not its own, and sends its own to all CPUs and in all modes that are not for cells. */
#include "probe.h"

#define IOAPIC 0xfec00000ull
#define IOAPIC_WINDOW 0x10
#define IOAPIC_EOI 0x40
#define PIN_REG(n) (0x10 + 2 * (n))
#define PINS 24
#define OWN_PIN 5 /* of the cell's file */
#define PIN_MASKED 0x10000
#define VECTOR 0x55

static u32 pin_read(u32 reg)
{
	mmio_write32(IOAPIC, reg);
	return mmio_read32(IOAPIC + IOAPIC_WINDOW);
}

static void pin_write(u32 reg, u32 value)
{
	mmio_write32(IOAPIC, reg);
	mmio_write32(IOAPIC + IOAPIC_WINDOW, value);
}

int main(void)
{
	u64 odd = 0;

	probe_start("pin-foreign");
	map_range(IOAPIC, BULKHEAD_PAGE_SIZE, MAP_DEVICE);
	pin_write(PIN_REG(OWN_PIN) + 1, apic_id_of(0) << 24);
	pin_write(PIN_REG(OWN_PIN), PIN_MASKED | VECTOR);
	probe_control(pin_read(PIN_REG(OWN_PIN)) == (PIN_MASKED | VECTOR) && pin_read(PIN_REG(OWN_PIN) + 1) == apic_id_of(0) << 24);
	probe_attack(IOAPIC + IOAPIC_WINDOW);
	for (u32 pin = 0; pin < PINS; pin++) {
		if (pin == OWN_PIN)
			continue;
		pin_write(PIN_REG(pin) + 1, apic_id_of(0) << 24);
		pin_write(PIN_REG(pin), VECTOR);
		odd += pin_read(PIN_REG(pin)) != PIN_MASKED || pin_read(PIN_REG(pin) + 1) != 0;
		mmio_write32(IOAPIC + IOAPIC_EOI, pin); /* Linux gives a pin its number for a vector */
	}
	for (u32 cpu = 0; cpu < 256; cpu++)
		pin_write(PIN_REG(OWN_PIN) + 1, cpu << 24);
	for (u32 mode = 0; mode < 16; mode++)
		pin_write(PIN_REG(OWN_PIN), mode << 8 | VECTOR);
	attack_write32(IOAPIC + IOAPIC_WINDOW, PIN_MASKED);
	probe_survived(odd);
	return 0;
}
