/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first IO-APIC: its page traps, and each guest gets at the pins it owns (cell->irq_mask); others' read as masked and ignore writes.
 * The root's pins hold what its kernel writes: entries in remappable format. A cell knows no remapping and writes vector, trigger and
 * one of its own CPUs; what the pin holds is made of that here, when it is written. Delivery then makes no exit, nor does the end of an
 * interrupt: the local APIC's broadcast finds pins by vector, so a pin's vector is the one its entry in the remapping table has.
 *
 * Select and window are one register pair for all: used under a lock, in which ownership is looked at, too. A pin changes owner in the
 * masks first, and is reset under that lock.
 */
#include <asm/ioapic.h>
#include <bulkhead/arch.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>

/* Intel 82093AA, chapter 3; VT-d specification, 5.1.5. */
#define IOAPIC_SELECT 0x00
#define IOAPIC_WINDOW 0x10
#define IOAPIC_EOI 0x40 /* from version 0x20 on */
#define REG_VERSION 0x01
#define REG_PINS 0x10 /* two for each: low, high */
#define VERSION_EOI 0x20
#define VERSION_LAST 0x00ff0000u /* pin */
#define VERSION_LAST_SHIFT 16

#define PIN_VECTOR 0xffu
#define PIN_MODE(low) ((low) >> 8 & 7)
#define PIN_LOGICAL 0x800u
#define PIN_BUSY 0x1000u /* this and PIN_REMOTE are the hardware's */
#define PIN_LOW_ACTIVE 0x2000u
#define PIN_REMOTE 0x4000u /* level: sent, and not ended yet */
#define PIN_LEVEL 0x8000u
#define PIN_MASKED 0x10000u
#define PIN_WRITABLE 0x1afffu
#define PIN_INDEX_15 0x800u /* remappable: bit 15 of the entry; the others are in high */
#define HIGH_REMAPPED 0x10000u
#define HIGH_INDEX_SHIFT 17
#define HIGH_CPU(high) ((high) >> 24) /* not remapped */
#define MODE_LOWEST 1u
#define VECTOR_FIRST 0x10u
#define VECTOR_NOBODY 0xffu /* no pin has it but one that is being settled */
#define MAX_PINS 240

static struct ticket_lock registers;
static u64 base; /* immutable, as the next three */
static u32 gsi_base, pins;
static bool can_end;
static u32 live[MAX_PINS];     /* low word as last written to the hardware; registers, as the next */
static u32 shown[MAX_PINS][2]; /* pins of cells: low and high as the cell wrote them */

/* --- the hardware --- */

static u32 register_read(u32 reg)
{
	mmio_write32(base + IOAPIC_SELECT, reg);
	return mmio_read32(base + IOAPIC_WINDOW);
}

static void register_write(u32 reg, u32 value)
{
	mmio_write32(base + IOAPIC_SELECT, reg);
	mmio_write32(base + IOAPIC_WINDOW, value);
}

static void low_write(u32 pin, u32 value)
{
	live[pin] = value;
	register_write(REG_PINS + 2 * pin, value);
}

/* Ends a level-triggered interrupt of this pin and no other: with a vector that is nobody's. */
static void settle(u32 pin)
{
	u32 low = live[pin];

	low_write(pin, PIN_MASKED | PIN_LEVEL | VECTOR_NOBODY);
	mmio_write32(base + IOAPIC_EOI, VECTOR_NOBODY);
	low_write(pin, low);
}

/* --- what a cell's pin means --- */

/* The board CPU, or cpu_count: not one of the cell's, or what cells may not have (NMI, SMI, INIT, ...). */
static u32 target_cpu(const struct cell *cell, u32 low, u32 high)
{
	if (PIN_MODE(low) > MODE_LOWEST || (low & PIN_LOGICAL) || (low & PIN_VECTOR) < VECTOR_FIRST || (low & PIN_VECTOR) == VECTOR_NOBODY)
		return cpu_count;
	for (u32 i = 0; i < cell->cpu_count; i++)
		if (cpu_slots[cell->cpus[i]].hwid == HIGH_CPU(high))
			return cell->cpus[i];
	return cpu_count;
}

static void pin_apply(const struct cell *cell, u32 pin)
{
	u32 low = shown[pin][0], cpu = target_cpu(cell, low, shown[pin][1]), index = REMAP_NONE, high;

	if (!(low & PIN_MASKED) && cpu < cpu_count)
		index = remap_entry(cpu_slots[cpu].hwid, low & PIN_LEVEL, (u8)low);
	low &= PIN_VECTOR | PIN_LOW_ACTIVE | PIN_LEVEL;
	if (index == REMAP_NONE) {
		low_write(pin, low | PIN_MASKED);
		return;
	}
	high = (index & 0x7fff) << HIGH_INDEX_SHIFT | HIGH_REMAPPED;
	if (register_read(REG_PINS + 2 * pin + 1) != high) {
		low_write(pin, low | PIN_MASKED);
		register_write(REG_PINS + 2 * pin + 1, high);
	}
	low_write(pin, low | (index >> 15 ? PIN_INDEX_15 : 0));
}

/* --- trapped accesses --- */

static bool owns(const struct cell *cell, u32 pin)
{
	return pin < pins && cell_owns_irq(cell, gsi_base + pin);
}

/* A cell's IO-APIC ends with its last pin: a kernel touches all at boot, eight accesses each. */
static u32 version_read(const struct cell *cell)
{
	u32 last = pins - 1;

	while (last > 0 && !owns(cell, last))
		last--;
	return (register_read(REG_VERSION) & ~VERSION_LAST) | last << VERSION_LAST_SHIFT;
}

static u32 window_read(const struct cell *cell, u32 reg)
{
	u32 pin = (reg - REG_PINS) / 2;

	if (reg == REG_VERSION && !cell_is_root(cell))
		return version_read(cell);
	if (reg < REG_PINS)
		return register_read(reg);
	if (!owns(cell, pin))
		return reg & 1 ? 0 : PIN_MASKED;
	if (cell_is_root(cell))
		return register_read(reg);
	return shown[pin][reg & 1] | (reg & 1 ? 0 : register_read(reg) & (PIN_BUSY | PIN_REMOTE));
}

static void window_write(const struct cpu *cpu, u32 reg, u32 value)
{
	const struct cell *cell = cpu->cell;
	u32 pin = (reg - REG_PINS) / 2;

	if (reg < REG_PINS || !owns(cell, pin))
		return;
	if (cell_is_root(cell)) {
		if (reg & 1)
			register_write(reg, value);
		else
			low_write(pin, value);
		return;
	}
	/* Its pins are reset when a cell stops: what it still writes comes too late. */
	if (load_acquire(&cpu->slot->request) & CPU_REQ_PARK)
		return;
	shown[pin][reg & 1] = reg & 1 ? value : value & PIN_WRITABLE;
	pin_apply(cell, pin);
}

/* The hardware ends all pins with this vector: as a guest's write it is for its own. */
static void end_write(const struct cell *cell, u32 vector)
{
	bool foreign = false;

	for (u32 i = 0; i < pins; i++)
		foreign |= !owns(cell, i) && (live[i] & (PIN_VECTOR | PIN_LEVEL)) == (vector | PIN_LEVEL);
	if (!foreign) {
		mmio_write32(base + IOAPIC_EOI, vector);
		return;
	}
	for (u32 i = 0; i < pins; i++)
		if (owns(cell, i) && (live[i] & (PIN_VECTOR | PIN_LEVEL)) == (vector | PIN_LEVEL))
			settle(i);
}

static enum mmio_result ioapic_access(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	struct cell *cell = cpu->cell;
	u32 value = (u32)access->value;

	if (access->width != 4 || (offset & 15) != 0) {
		access->value = 0;
		return cell_is_root(cell) ? MMIO_DONE : MMIO_DENIED;
	}
	ticket_lock(&registers);
	if (!access->write)
		access->value = offset == IOAPIC_SELECT   ? cell->arch.ioapic_select
				: offset == IOAPIC_WINDOW ? window_read(cell, cell->arch.ioapic_select)
							  : 0;
	else if (offset == IOAPIC_SELECT)
		cell->arch.ioapic_select = (u8)value;
	else if (offset == IOAPIC_WINDOW)
		window_write(cpu, cell->arch.ioapic_select, value);
	else if (offset == IOAPIC_EOI)
		end_write(cell, value & PIN_VECTOR);
	ticket_unlock(&registers);
	return MMIO_DONE;
}

/* --- arch.h --- */

int ioapic_controllers(const struct system_plan *plan, int (*add)(struct range r))
{
	return add(range_make(plan->ioapic->base, PAGE_SIZE));
}

void ioapic_init(const struct system_plan *plan)
{
	base = plan->ioapic->base;
	gsi_base = plan->ioapic->gsi_base;
	pins = plan->ioapic->pin_count;
	can_end = (register_read(REG_VERSION) & 0xff) >= VERSION_EOI;
	for (u32 i = 0; i < pins; i++)
		live[i] = register_read(REG_PINS + 2 * i);
	remap_init(plan);
}

/* A cell without interrupts has no IO-APIC. */
int ioapic_cell_check(const struct cell_plan *plan)
{
	int err = place_irqs(plan, gsi_base, pins);

	if (err || plan->irq_count == 0)
		return err;
	if (!remap_ready() || !can_end) {
		log_line("cell %s: device interrupts need a VT-d unit that remaps those of the IO-APIC; poll instead", plan->header->name);
		return -BH_EINVAL;
	}
	return place_controller(plan, &(struct range){ base, PAGE_SIZE }, 1);
}

/* The root's comes before ioapic_init(). */
void ioapic_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	if (plan != NULL && plan->irq_count == 0)
		return;
	struct range page = range_make(system_plan.ioapic->base, PAGE_SIZE);
	int err = mmio_add(&cell->mmio, (struct mmio_region){ .gpa = page, .handler = ioapic_access });

	CHECK(err == 0); /* ioapic_cell_check() made sure */
}

void ioapic_move(u32 gsi)
{
	u32 pin = gsi - gsi_base;

	if (pin >= pins)
		return;
	ticket_lock(&registers);
	live[pin] = PIN_MASKED;
	settle(pin);
	register_write(REG_PINS + 2 * pin + 1, 0);
	shown[pin][0] = PIN_MASKED;
	shown[pin][1] = 0;
	ticket_unlock(&registers);
}
