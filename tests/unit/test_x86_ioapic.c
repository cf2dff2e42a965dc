/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * x86: trapped accesses to an IO-APIC whose level-triggered pins keep what was sent until somebody ends it, and the table entries that
 * pins of cells get.
 */
#define arch_window table_window
#include "unit.h"

#include <asm/ioapic.h>

#include "fake/fake.h"

static u32 device_read(u64 pa);
static void device_write(u64 pa, u32 value);
static u64 unit_read(u64 pa);
static int map_device(struct range r);
#define mmio_read32 device_read
#define mmio_write32 device_write
#define mmio_read64 unit_read
#define arch_map_device map_device
#include "../../hypervisor/arch/x86/ioapic.c"
#include "../../hypervisor/arch/x86/remap.c"

#define BASE 0xfec00000ull
#define UNIT 0xfed90000ull
#define TABLE 0x7a400000ull
#define TABLE_ENTRIES 8192u
#define SOURCE 0xff00
#define GSI 8 /* of the first pin */
#define PINS 24
#define CPUS 8

static u32 pin[PINS][2], selected, ends;
static u64 entry[TABLE_ENTRIES][2];
static u64 unit_irta, unit_cap;
static u32 unit_status;

static struct cell cell_table[3];
static struct cpu_slot slot_table[CPUS];
static struct cpu cpu_of[3];
static const u32 apic_id[CPUS] = { 0, 2, 4, 6, 1, 3, 5, 7 };
static struct blob_cpu blob_cpus[CPUS];
static const struct blob_ioapic ioapic = { .base = BASE, .gsi_base = GSI, .pin_count = PINS };
static struct blob_x86 x86;

/* --- the devices -------------------------------------------------------------------------------------------------------- */

static u32 device_read(u64 pa)
{
	if (pa == UNIT + VTD_GSTS)
		return unit_status;
	assert_true(pa == BASE + IOAPIC_WINDOW);
	if (selected == REG_VERSION)
		return (PINS - 1) << 16 | 0x20;
	return selected < REG_PINS ? 0 : pin[(selected - REG_PINS) / 2][selected & 1];
}

static u64 unit_read(u64 pa)
{
	assert_true(pa == UNIT + VTD_CAP || pa == UNIT + VTD_IRTA);
	return pa == UNIT + VTD_CAP ? unit_cap : unit_irta;
}

static int map_device(struct range r)
{
	assert_int_equal(r.start, UNIT);
	return 0;
}

static void device_write(u64 pa, u32 value)
{
	u32 n = (selected - REG_PINS) / 2;

	if (pa == BASE + IOAPIC_SELECT) {
		selected = value;
	} else if (pa == BASE + IOAPIC_EOI) {
		ends++;
		for (u32 i = 0; i < PINS; i++)
			if ((pin[i][0] & (PIN_LEVEL | PIN_VECTOR)) == (PIN_LEVEL | value))
				pin[i][0] &= ~PIN_REMOTE;
	} else {
		assert_true(pa == BASE + IOAPIC_WINDOW && selected >= REG_PINS && n < PINS);
		if (selected & 1)
			pin[n][1] = value;
		else
			pin[n][0] = (value & PIN_WRITABLE) | (value & PIN_LEVEL ? pin[n][0] & PIN_REMOTE : 0);
	}
}

void *table_window(enum window_slot slot, struct pa pa, u32 pages)
{
	(void)slot;
	assert_true(pages == 1 && pa.v >= TABLE && pa.v < TABLE + sizeof(entry));
	return (char *)entry + (pa.v - TABLE);
}

/* --- owners ------------------------------------------------------------------------------------------------------------- */

static void give_pin(u32 c, u32 n)
{
	u32 gsi = GSI + n;

	for (u32 i = 0; i < 3; i++)
		cell_table[i].irq_mask[gsi / 64] &= ~BIT64(gsi % 64);
	cell_table[c].irq_mask[gsi / 64] |= BIT64(gsi % 64);
	ioapic_move(gsi);
}

static void give_cpu(u32 c, u32 cpu)
{
	slot_table[cpu].cell = &cell_table[c];
	cell_table[c].cpus[cell_table[c].cpu_count++] = (u8)cpu;
}

/* Cell 1 has CPUs 3 and 4 (ids 6 and 1) and pins 3 and 10, cell 2 CPU 5 (id 3) and pin 4. */
static int setup(void **state)
{
	struct blob_cell_irq irq = { .irq = GSI + 3 };
	const struct cell_plan plan = { .irq = &irq, .irq_count = 1 };

	(void)state;
	fake_reset();
	memset(entry, 0, sizeof(entry));
	memset(cell_table, 0, sizeof(cell_table));
	memset(cpu_of, 0, sizeof(cpu_of));
	unit_irta = TABLE | IRTA_X2APIC | 12; /* 2 << 12 entries */
	unit_cap = 0;
	unit_status = GSTS_REMAPPING;
	x86 = (struct blob_x86){ .remap_page = UNIT >> PAGE_SHIFT, .remap_source = SOURCE };
	cells = cell_table;
	cell_capacity = 3;
	cpu_slots = slot_table;
	cpu_count = CPUS;
	system_plan = (struct system_plan){ .cpu = blob_cpus, .cpu_count = CPUS, .ioapic = &ioapic, .ioapic_count = 1, .x86 = &x86 };
	memset(cell_table[0].irq_mask, 0xff, sizeof(cell_table[0].irq_mask));
	for (u32 i = 0; i < CPUS; i++) {
		blob_cpus[i].hwid = apic_id[i];
		slot_table[i] = (struct cpu_slot){ .index = i, .vcpu = i, .cell = cell_table, .hwid = apic_id[i] };
		cell_table[0].cpus[i] = (u8)i;
	}
	cell_table[0].cpu_count = CPUS;
	for (u32 i = 0; i < PINS; i++) {
		pin[i][0] = PIN_LEVEL | PIN_REMOTE | i;
		pin[i][1] = i << HIGH_INDEX_SHIFT | HIGH_REMAPPED;
	}
	base = 0;
	ioapic_cell_create(&cell_table[0], NULL); /* in core's order */
	ioapic_init(&system_plan);
	give_cpu(1, 3);
	give_cpu(1, 4);
	give_cpu(2, 5);
	for (u32 i = 0; i < 3; i++) {
		cell_table[i].id = (u16)i;
		cpu_of[i].cell = &cell_table[i];
		cpu_of[i].slot = &slot_table[cell_table[i].cpus[0]];
		if (i)
			ioapic_cell_create(&cell_table[i], &plan);
	}
	give_pin(1, 3);
	give_pin(1, 10);
	give_pin(2, 4);
	ends = 0;
	return 0;
}

static enum mmio_result access(u32 c, u32 offset, u8 width, bool write, u64 *value)
{
	struct mmio_access a = { .gpa = BASE + offset, .width = width, .write = write, .value = *value };
	const struct mmio_region *r = mmio_find(&cell_table[c].mmio, a.gpa, width);

	assert_non_null(r);
	enum mmio_result result = r->handler(&cpu_of[c], r, offset, &a);
	*value = a.value;
	return result;
}

static void store(u32 c, u32 offset, u32 value)
{
	u64 v = value;

	assert_int_equal(access(c, offset, 4, true, &v), MMIO_DONE);
}

static u32 get(u32 c, u32 reg)
{
	u64 value = ~0ull;

	store(c, IOAPIC_SELECT, reg);
	assert_int_equal(access(c, IOAPIC_WINDOW, 4, false, &value), MMIO_DONE);
	return (u32)value;
}

static void put(u32 c, u32 reg, u32 value)
{
	store(c, IOAPIC_SELECT, reg);
	store(c, IOAPIC_WINDOW, value);
}

static void put_pin(u32 c, u32 n, u32 low, u32 cpu)
{
	put(c, REG_PINS + 2 * n + 1, cpu << 24);
	put(c, REG_PINS + 2 * n, low);
}

/* The table entry of a pin that is not masked; NULL: it is. */
static u64 *route(u32 n)
{
	u32 index = pin[n][1] >> HIGH_INDEX_SHIFT | (pin[n][0] & PIN_INDEX_15 ? 0x8000 : 0);

	if (pin[n][0] & PIN_MASKED)
		return NULL;
	assert_true(pin[n][1] & HIGH_REMAPPED && index < TABLE_ENTRIES);
	return entry[index];
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

/* [ISO-330] a pin that changes owner is masked and nothing of it is pending; nobody else's is touched */
static void handover(void **state)
{
	(void)state;
	for (u32 i = 0; i < PINS; i++) {
		bool moved = i == 3 || i == 10 || i == 4;

		assert_int_equal(pin[i][0], moved ? PIN_MASKED : PIN_LEVEL | PIN_REMOTE | i);
		assert_int_equal(pin[i][1], moved ? 0 : i << HIGH_INDEX_SHIFT | HIGH_REMAPPED);
	}
	put_pin(1, 3, PIN_LEVEL | 0x40, 6);
	pin[3][0] |= PIN_REMOTE;
	give_pin(0, 3);
	assert_int_equal(pin[3][0], PIN_MASKED);
	assert_int_equal(pin[3][1], 0);
	assert_int_equal(get(1, REG_PINS + 2 * 3), PIN_MASKED);
	give_pin(1, 3);
	assert_int_equal(get(1, REG_PINS + 2 * 3 + 1), 0);
	ioapic_move(GSI - 1);
	ioapic_move(GSI + PINS);
}

/* [ISO-330] pins of others read as masked and ignore writes, of cells and of the root; its own hold what the root writes */
static void foreign(void **state)
{
	static const u32 not_own[3][3] = { { 3, 4, 10 }, { 4, 0, 23 }, { 3, 10, 8 } }, last_pin[3] = { PINS - 1, 10, 4 };

	(void)state;
	put_pin(1, 3, 0x40, 6);
	put_pin(2, 4, 0x41, 3);
	for (u32 c = 0; c < 3; c++) {
		for (u32 i = 0; i < 3; i++) {
			u32 n = not_own[c][i], low = pin[n][0], high = pin[n][1];

			put_pin(c, n, 0x77, 6);
			assert_true(pin[n][0] == low && pin[n][1] == high);
			assert_int_equal(get(c, REG_PINS + 2 * n), PIN_MASKED);
			assert_int_equal(get(c, REG_PINS + 2 * n + 1), 0);
		}
		assert_int_equal(get(c, REG_VERSION), last_pin[c] << 16 | 0x20); /* a cell's ends with its last pin */
		assert_int_equal(get(c, REG_PINS + 2 * PINS), PIN_MASKED);
		put(c, REG_PINS + 2 * PINS, 0);
		put(c, REG_VERSION, 0);
		put(c, 0xff, 0);
	}
	put(0, REG_PINS + 2 * 9 + 1, 0x12345678);
	put(0, REG_PINS + 2 * 9, 0x8fff);
	assert_true(pin[9][1] == 0x12345678 && (pin[9][0] & PIN_WRITABLE) == 0x8fff);
	assert_int_equal(get(0, REG_PINS + 2 * 9 + 1), 0x12345678);
}

struct wanted {
	u32 low, cpu;
	bool delivered;
};

/* [ISO-331] what a cell writes is delivered to its own CPUs as a vector, or not at all; it reads back what it wrote */
static void translated(void **state)
{
	static const struct wanted rows[] = {
		{ 0x40, 6, true },
		{ 0x40, 1, true },
		{ 0x10, 6, true },
		{ 0xfe, 6, true },
		{ PIN_LEVEL | PIN_LOW_ACTIVE | 0x31, 1, true },
		{ 0x100 | 0x40, 6, true }, /* lowest priority of one CPU */
		{ PIN_MASKED | 0x40, 6, false },
		{ 0x40, 0, false }, /* the root's CPUs, another cell's, nobody's, all */
		{ 0x40, 3, false },
		{ 0x40, 9, false },
		{ 0x40, 0xff, false },
		{ PIN_LOGICAL | 0x40, 6, false },
		{ 0x200 | 0x40, 6, false }, /* SMI, NMI, INIT, external */
		{ 0x400 | 0x40, 6, false },
		{ 0x500 | 0x40, 6, false },
		{ 0x700 | 0x40, 6, false },
		{ 0x0f, 6, false }, /* not a vector */
		{ 0xff, 6, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct wanted *w = &rows[i];
		u64 *e, level = w->low & PIN_LEVEL ? ENTRY_LEVEL : 0;

		put_pin(1, 3, w->low, w->cpu);
		e = route(3);
		print_message("0x%x to %u\n", w->low, w->cpu);
		assert_int_equal(e != NULL, w->delivered);
		assert_int_equal(get(1, REG_PINS + 2 * 3), w->low);
		assert_int_equal(get(1, REG_PINS + 2 * 3 + 1), w->cpu << 24);
		if (e == NULL)
			continue;
		assert_int_equal(e[0], (u64)w->cpu << 32 | (u64)(w->low & 0xff) << 16 | level | 1);
		assert_int_equal(e[1], ENTRY_VERIFY | SOURCE);
		/* The broadcast that ends it finds the pin. */
		assert_int_equal(pin[3][0] & ~PIN_INDEX_15, w->low & (PIN_VECTOR | PIN_LEVEL | PIN_LOW_ACTIVE));
	}
}

/* [ISO-331] the write of half an entry never makes a pin send what the other half does not mean */
static void halves(void **state)
{
	(void)state;
	put_pin(1, 3, 0x40, 6);
	put(1, REG_PINS + 2 * 3 + 1, 3u << 24); /* to a CPU that is not its own */
	assert_null(route(3));
	put(1, REG_PINS + 2 * 3 + 1, 1u << 24);
	assert_int_equal(route(3)[0] >> 32, 1);
	slot_table[3].request = CPU_REQ_PARK; /* the cell is being stopped */
	ioapic_move(GSI + 3);
	put_pin(1, 3, 0x40, 6);
	assert_null(route(3));
}

/* [ISO-331] an entry never changes once it is present, and one that is not ours is not touched */
static void entries_stay(void **state)
{
	static u64 before[TABLE_ENTRIES][2];
	u64 *taken;

	(void)state;
	put_pin(1, 3, 0x50, 6);
	taken = route(3);
	put_pin(1, 3, PIN_MASKED, 6);
	taken[0] ^= BIT64(17);
	memcpy(before, entry, sizeof(entry));
	put_pin(1, 3, 0x50, 6);
	assert_null(route(3));
	srand(1);
	for (u32 i = 0; i < 20000; i++) {
		put_pin(1, rand() % 2 ? 3 : 10, (u32)rand() & PIN_WRITABLE, (u32)rand() % 8);
		for (u32 n = 3; n <= 10; n += 7)
			if (route(n) != NULL)
				assert_true(route(n)[0] >> 32 == 6 || route(n)[0] >> 32 == 1);
		for (u32 k = 0; i % 1000 == 0 && k < TABLE_ENTRIES; k++) {
			assert_true(!(before[k][0] & 1) || memcmp(before[k], entry[k], sizeof(entry[k])) == 0);
			assert_true(k >= TABLE_ENTRIES / 2 || entry[k][0] == 0);
		}
		if (i % 1000 == 0)
			memcpy(before, entry, sizeof(entry));
	}
}

/* [ISO-330] a guest's write to the end register is for its own pins, whatever vector others have */
static void ended(void **state)
{
	(void)state;
	put_pin(1, 3, PIN_LEVEL | 0x40, 6);
	put_pin(1, 10, PIN_LEVEL | 0x41, 6);
	put_pin(2, 4, PIN_LEVEL | 0x40, 3);
	pin[3][0] |= PIN_REMOTE;
	pin[10][0] |= PIN_REMOTE;
	pin[4][0] |= PIN_REMOTE;
	store(0, IOAPIC_EOI, 0x40);
	assert_true(pin[3][0] & PIN_REMOTE && pin[4][0] & PIN_REMOTE);
	store(1, IOAPIC_EOI, 0x40);
	assert_true(!(pin[3][0] & PIN_REMOTE) && pin[4][0] & PIN_REMOTE && pin[10][0] & PIN_REMOTE);
	assert_int_equal(pin[3][0] & (PIN_MASKED | PIN_VECTOR), 0x40);
	store(1, IOAPIC_EOI, 0x41);
	assert_false(pin[10][0] & PIN_REMOTE);
	store(0, IOAPIC_EOI, 17);
	assert_false(pin[17][0] & PIN_REMOTE);
	assert_true(pin[16][0] & PIN_REMOTE);
	assert_int_equal(get(1, REG_PINS + 2 * 3) & PIN_REMOTE, 0);
	pin[3][0] |= PIN_REMOTE;
	assert_int_equal(get(1, REG_PINS + 2 * 3) & PIN_REMOTE, PIN_REMOTE);
}

/* [ISO-330] other widths and places end a cell; the root reads zero */
static void widths(void **state)
{
	u64 value = 5;

	(void)state;
	assert_int_equal(access(1, IOAPIC_WINDOW, 1, false, &value), MMIO_DENIED);
	assert_int_equal(access(1, IOAPIC_WINDOW, 8, true, &value), MMIO_DENIED);
	assert_int_equal(access(1, 4, 4, true, &value), MMIO_DENIED);
	assert_int_equal(access(0, IOAPIC_WINDOW, 1, false, &value), MMIO_DONE);
	assert_int_equal(value, 0);
	value = ~0ull;
	assert_int_equal(access(1, 0x20, 4, false, &value), MMIO_DONE);
	assert_int_equal(value, 0);
}

static int check_irq(u32 gsi)
{
	static const struct blob_header header = { .name = "plc" };
	static const struct blob_cell config = { .comm_gpa = 0x400000 };
	const struct blob_cell_irq irq = { .irq = gsi };
	const struct cell_plan plan = { .header = &header, .cell = &config, .irq = &irq, .irq_count = 1 };

	return ioapic_cell_check(&plan);
}

/* [CFG-330] a cell with interrupts is refused where a unit would forget nothing by itself, or remaps nothing */
static void refused(void **state)
{
	(void)state;
	assert_int_equal(check_irq(GSI), 0);
	assert_int_equal(check_irq(GSI + PINS - 1), 0);
	assert_int_equal(check_irq(GSI + PINS), -BH_EINVAL);
	assert_int_equal(check_irq(GSI - 1), -BH_EINVAL);
	unit_cap = CAP_CACHING_MODE;
	remap_init(&system_plan);
	assert_int_equal(check_irq(GSI), -BH_EINVAL);
	unit_cap = 0;
	unit_status = 0;
	remap_init(&system_plan);
	assert_int_equal(check_irq(GSI), -BH_EINVAL);
	unit_status = GSTS_REMAPPING;
	unit_irta = TABLE | 12;
	remap_init(&system_plan);
	assert_int_equal(check_irq(GSI), -BH_EINVAL);
	unit_irta = TABLE | IRTA_X2APIC | 11; /* room for four ids in the upper half */
	remap_init(&system_plan);
	assert_int_equal(check_irq(GSI), -BH_EINVAL);
	x86.remap_page = 0;
	remap_init(&system_plan);
	assert_int_equal(check_irq(GSI), -BH_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(handover, setup),     cmocka_unit_test_setup(foreign, setup),
		cmocka_unit_test_setup(translated, setup),   cmocka_unit_test_setup(halves, setup),
		cmocka_unit_test_setup(entries_stay, setup), cmocka_unit_test_setup(ended, setup),
		cmocka_unit_test_setup(widths, setup),       cmocka_unit_test_setup(refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
