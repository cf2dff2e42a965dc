/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RISC-V: trapped accesses to an APLIC that does what the specification lets it do, the unfriendly way: an inactive source
 * has no target, and one that becomes active gets CPU 0, which no cell has, with an identity.
 */
#define arch_irq_init riscv_irq_init
#define arch_irq_undo riscv_irq_undo
#define arch_resource_move riscv_resource_move
#define arch_irq_send riscv_irq_send
#define arch_irq_page riscv_irq_page
#include "unit.h"

#include "fake/fake.h"

static u32 device_read(u64 pa);
static void device_write(u64 pa, u32 value);
#define mmio_read32 device_read
#define mmio_write32 device_write
#include "../../hypervisor/arch/riscv/aplic.c"
#include "../../hypervisor/arch/riscv/vaplic.c"

#define BASE 0x0d000000ull
#define SOURCES 96
#define IDS 255
#define CPUS 8
#define RUBBISH (0u << TARGET_HART_SHIFT | 3u << TARGET_GUEST_SHIFT | 77)

static struct source {
	u32 config, target;
	bool enabled, pending, high;
} source[SOURCES + 1];
static u32 messages; /* by genmsi */
static u32 domain;

static struct cell cell_table[3];
static struct cpu_slot slot_table[CPUS];
static struct cpu cpu_of[3];
/* board CPU -> number of its interrupt files */
static const u32 msi_index[CPUS] = { 0, 1, 4, 3, 2, 7, 6, 5 };
static struct blob_cpu blob_cpus[CPUS];
static const struct blob_aplic board_aplic = { .base = BASE, .size = 0x8000, .source_count = SOURCES };
static const struct blob_imsic imsic = { .base = 0x28000000, .guest_bits = 2, .hart_bits = 3, .id_count = IDS };

/* --- the device --------------------------------------------------------------------------------------------------------- */

static bool active(u32 i)
{
	return i >= 1 && i <= SOURCES && source[i].config != 0;
}

static u32 word(u32 first, bool (*bit)(u32))
{
	u32 value = 0;

	for (u32 i = 0; i < 32; i++)
		value |= (u32)(active(first + i) && bit(first + i)) << i;
	return value;
}

static bool is_pending(u32 i)
{
	return source[i].pending;
}

static bool is_enabled(u32 i)
{
	return source[i].enabled;
}

static bool is_high(u32 i)
{
	return source[i].high;
}

static u32 device_read(u64 pa)
{
	u32 offset = (u32)(pa - BASE), i = offset % 0x1000 / 4, first = offset % 0x80 * 8;

	assert_true(offset < 0x4000 && offset % 4 == 0);
	if (offset == 0)
		return domain;
	if (offset == APLIC_GENMSI)
		return 0;
	if (offset < 0x1000)
		return i <= SOURCES ? source[i].config : 0;
	if (offset > 0x3000)
		return active(i) ? source[i].target : 0;
	switch (offset & ~0x7fu) {
	case 0x1c00: return word(first, is_pending);
	case 0x1d00: return word(first, is_high);
	case 0x1e00: return word(first, is_enabled);
	case 0x1f00: return 0;
	}
	fail_msg("read of 0x%x", offset);
	return 0;
}

static void change(u32 kind, u32 i)
{
	if (!active(i))
		return;
	switch (kind) {
	case 0: source[i].pending = true; break;
	case 1: source[i].pending = false; break;
	case 2: source[i].enabled = true; break;
	default: source[i].enabled = false; break;
	}
}

static void device_write(u64 pa, u32 value)
{
	u32 offset = (u32)(pa - BASE), i = offset % 0x1000 / 4, kind = (offset - 0x1c00) / 0x100;

	assert_true(offset < 0x4000 && offset % 4 == 0);
	if (offset == APLIC_GENMSI) {
		assert_int_equal(value & TARGET_EIID, 0);
		messages++;
	} else if (offset < 0x1000) {
		assert_int_equal(value & ~SOURCECFG_SM, 0);
		if (i > SOURCES)
			return;
		if (value == 0)
			source[i] = (struct source){ .high = source[i].high };
		else if (!active(i))
			source[i].target = RUBBISH;
		source[i].config = value;
	} else if (offset > 0x3000) {
		if (active(i))
			source[i].target = value;
	} else if (offset == 0x2000) {
		change(0, value);
	} else if ((offset & 0xff) == 0xdc) {
		change(kind, value);
	} else if ((offset & 0xff) < 0x80) {
		for (u32 n = 0; n < 32; n++)
			if (value >> n & 1)
				change(kind, offset % 0x80 * 8 + n);
	} else {
		fail_msg("write of 0x%x", offset);
	}
}

/* --- owners ------------------------------------------------------------------------------------------------------------- */

static u32 owner_of(u32 i)
{
	return cell_owns_irq(&cell_table[1], i) ? 1 : cell_owns_irq(&cell_table[2], i) ? 2 : 0;
}

static void give_irq(u32 c, u32 irq)
{
	cell_table[0].irq_mask[irq / 64] &= ~BIT64(irq % 64);
	cell_table[c].irq_mask[irq / 64] |= BIT64(irq % 64);
	arch_resource_move(LEDGER_IRQ, range_make(irq, 1), &cell_table[c]);
}

static void give_cpu(u32 c, u32 cpu)
{
	struct cell *cell = &cell_table[c];

	slot_table[cpu].cell = cell;
	slot_table[cpu].vcpu = cell->cpu_count;
	cell->cpus[cell->cpu_count++] = (u8)cpu;
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	memset(source, 0, sizeof(source));
	memset(cell_table, 0, sizeof(cell_table));
	messages = 0;
	domain = 0x80000104;
	cells = cell_table;
	cell_capacity = 3;
	cpu_slots = slot_table;
	cpu_count = CPUS;
	system_plan = (struct system_plan){ .cpu = blob_cpus, .cpu_count = CPUS, .aplic = &board_aplic, .imsic = &imsic };
	memset(cell_table[0].irq_mask, 0xff, sizeof(cell_table[0].irq_mask));
	cell_table[0].cpu_count = CPUS;
	for (u32 i = 0; i < CPUS; i++) {
		blob_cpus[i].msi_index = msi_index[i];
		slot_table[i] = (struct cpu_slot){ .index = i, .vcpu = i, .cell = cell_table, .state = CPU_GUEST };
		cell_table[0].cpus[i] = (u8)i;
	}
	for (u32 i = 0; i < 3; i++) {
		cell_table[i].id = (u16)i;
		cpu_of[i].cell = &cell_table[i];
	}
	return 0;
}

/* The root has all sources active, then cell 1 takes CPUs 5 and 2, cell 2 takes CPU 6. */
static int setup_cells(void **state)
{
	static const u32 owned[2][4] = { { 3, 40, 95, 96 }, { 7, 31, 32, 33 } };
	struct cell_plan plan = { 0 };

	setup(state);
	aia_cell_create(&cell_table[0], NULL);
	for (u32 i = 1; i <= SOURCES; i++)
		if (i % 5 != 0)
			source[i] = (struct source){ .config = 4, .target = msi_index[i % CPUS] << TARGET_HART_SHIFT | i, .enabled = true };
	assert_int_equal(arch_irq_init(&system_plan), 0);
	for (u32 i = 0; i < CPUS; i++)
		aplic_retarget(i, AIA_GUEST_FILE);
	give_cpu(1, 5);
	give_cpu(1, 2);
	aia_cell_create(&cell_table[1], &plan);
	give_cpu(2, 6);
	aia_cell_create(&cell_table[2], &plan);
	for (u32 c = 0; c < 2; c++)
		for (u32 i = 0; i < 4; i++)
			give_irq(c + 1, owned[c][i]);
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

static u32 get(u32 c, u32 offset)
{
	u64 value = ~0ull;

	assert_int_equal(access(c, offset, 4, false, &value), MMIO_DONE);
	return (u32)value;
}

static void put(u32 c, u32 offset, u32 value)
{
	u64 v = value;

	assert_int_equal(access(c, offset, 4, true, &v), MMIO_DONE);
}

static void check_targets(void)
{
	for (u32 i = 1; i <= SOURCES; i++) {
		u32 cpu = CPUS;

		assert_true(active(i));
		for (u32 n = 0; n < CPUS; n++)
			if (msi_index[n] == source[i].target >> TARGET_HART_SHIFT)
				cpu = n;
		assert_true(cpu < CPUS);
		assert_ptr_equal(slot_table[cpu].cell, &cell_table[owner_of(i)]);
		assert_int_equal(source[i].target >> TARGET_GUEST_SHIFT & 0x3f, AIA_GUEST_FILE);
	}
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

/* [ISO-113] the root's targets follow its CPUs into the guest file and out again, CPU by CPU; the APLIC is as it was then */
static void retarget(void **state)
{
	static struct source before[SOURCES + 1];

	(void)state;
	for (u32 i = 1; i <= SOURCES; i++)
		if (i % 3 != 0)
			source[i] = (struct source){ .config = i % 7 + 1, .target = msi_index[i % CPUS] << TARGET_HART_SHIFT | i };
	memcpy(before, source, sizeof(source));
	assert_int_equal(arch_irq_init(&system_plan), 0);
	for (u32 i = 1; i <= SOURCES; i++)
		assert_true(active(i) && source[i].enabled == before[i].enabled);
	arch_irq_undo();
	assert_memory_equal(before, source, sizeof(source));
	assert_int_equal(arch_irq_init(&system_plan), 0);
	for (u32 file = 2; file-- > 0;)
		for (u32 cpu = 0; cpu < CPUS; cpu++) {
			aplic_retarget(cpu, file);
			for (u32 i = 1; i <= SOURCES; i++)
				if (i % 3 != 0)
					assert_int_equal(source[i].target, msi_index[i % CPUS] << TARGET_HART_SHIFT | i |
										   (i % CPUS <= cpu ? file : !file) << TARGET_GUEST_SHIFT);
			if (file == 1 && cpu == CPUS - 1)
				check_targets();
		}
	assert_memory_equal(before, source, sizeof(source));
	assert_int_equal(messages, 2 * CPUS);
	domain = 0x80000100;
	assert_int_equal(arch_irq_init(&system_plan), -BH_ENODEV);
}

/* [ISO-113] sources left with a CPU that is a cell's now go to the root, and do nothing; those given away are off */
static void handover(void **state)
{
	(void)state;
	check_targets();
	for (u32 i = 1; i <= SOURCES; i++) {
		if (owner_of(i) != 0) {
			assert_int_equal(source[i].config, SM_DETACHED);
			assert_int_equal(source[i].target & TARGET_EIID, 0);
			assert_false(source[i].enabled || source[i].pending);
		} else if (i % 5 != 0) {
			u32 lost = i % CPUS == 5 || i % CPUS == 2 || i % CPUS == 6;

			assert_int_equal(source[i].target & TARGET_EIID, lost ? 0 : i);
			assert_true(source[i].enabled);
		}
	}
	put(1, 4 * 40, 6);
	put(1, 0x1edc, 40);
	put(1, 0x1cdc, 40);
	put(1, 0x3000 + 4 * 40, 77);
	cell_table[0].irq_mask[0] |= BIT64(40);
	cell_table[1].irq_mask[0] &= ~BIT64(40);
	arch_resource_move(LEDGER_IRQ, range_make(40, 1), &cell_table[0]);
	assert_int_equal(source[40].config, SM_DETACHED);
	assert_false(source[40].enabled || source[40].pending);
	check_targets();
	arch_resource_move(LEDGER_IRQ, range_make(0, 1), &cell_table[0]);
	arch_resource_move(LEDGER_IRQ, range_make(SOURCES + 1, 1), &cell_table[0]);
}

/* [ISO-113] a target names a CPU by its owner's number, never a file; numbers of others are ignored */
static void targets(void **state)
{
	(void)state;
	assert_int_equal(get(1, 0x3000 + 4 * 40), 0);
	put(1, 0x3000 + 4 * 40, 1u << TARGET_HART_SHIFT | 3 << TARGET_GUEST_SHIFT | 200);
	assert_int_equal(source[40].target, msi_index[2] << TARGET_HART_SHIFT | 1 << TARGET_GUEST_SHIFT | 200);
	assert_int_equal(get(1, 0x3000 + 4 * 40), 1u << TARGET_HART_SHIFT | 200);
	assert_int_equal(get(0, 0x3000 + 4 * 40), 0);
	put(1, 0x3000 + 4 * 40, 2u << TARGET_HART_SHIFT | 1);
	put(1, 0x3000 + 4 * 40, ~0u);
	put(2, 0x3000 + 4 * 40, 9);
	put(0, 0x3000 + 4 * 40, 9);
	assert_int_equal(get(1, 0x3000 + 4 * 40), 1u << TARGET_HART_SHIFT | 200);
	put(1, 4 * 40, 7); /* whatever mode it has, the target stays */
	put(1, 4 * 40, 0);
	put(1, 4 * 40, 6);
	assert_int_equal(get(1, 0x3000 + 4 * 40), 1u << TARGET_HART_SHIFT | 200);

	put(0, 0x3000 + 4 * 8, msi_index[4] << TARGET_HART_SHIFT | 9);
	assert_int_equal(source[8].target, msi_index[4] << TARGET_HART_SHIFT | 1 << TARGET_GUEST_SHIFT | 9);
	put(0, 0x3000 + 4 * 8, msi_index[5] << TARGET_HART_SHIFT | 10); /* a cell's */
	put(0, 0x3000 + 4 * 8, 99u << TARGET_HART_SHIFT | 10);
	assert_int_equal(get(0, 0x3000 + 4 * 8), msi_index[4] << TARGET_HART_SHIFT | 9);
}

/* [ISO-113] each register: own sources work, the rest reads zero; the domain is the machine's */
static void registers(void **state)
{
	(void)state;
	assert_int_equal(get(1, 0), 0x80000104);
	put(1, 0, 0);
	put(0, 0, 0);
	assert_int_equal(domain, 0x80000104);
	put(1, 4 * 40, 6);
	put(1, 4 * 3, 1);
	put(1, 4 * 95, SOURCECFG_D | 4);
	put(1, 4 * 96, 3);
	assert_int_equal(get(1, 4 * 40), 6);
	assert_int_equal(get(1, 4 * 3), 1);
	assert_int_equal(get(1, 4 * 95), SM_DETACHED);
	assert_int_equal(get(1, 4 * 96), SM_DETACHED);
	assert_int_equal(get(1, 4 * 8), 0);
	put(1, 0x1e04, ~0u);
	put(1, 0x1e00, 1 << 3);
	assert_int_equal(get(1, 0x1e04), 1 << 8);
	assert_int_equal(get(1, 0x1e00), 1 << 3);
	put(1, 0x1c00, ~0u);
	put(1, 0x1cdc, 40);
	assert_int_equal(get(1, 0x1c00), 1 << 3);
	assert_int_equal(get(1, 0x1c04), 1 << 8);
	put(1, 0x1ddc, 40);
	put(1, 0x1d00, ~0u);
	assert_false(source[40].pending || source[3].pending);
	put(1, 0x2000, 40);
	put(1, 0x2004, 3u << 24);
	assert_true(source[40].pending && source[3].pending);
	source[40].high = source[41].high = true;
	assert_int_equal(get(1, 0x1d04), 1 << 8);
	put(1, 0x1fdc, 40);
	assert_false(source[40].enabled);
	put(1, 0x1edc, 40);
	assert_true(source[40].enabled);
	put(1, 0x1f04, ~0u);
	assert_false(source[40].enabled);
	put(1, 4 * 3, 0); /* off: not enabled, not pending */
	assert_false(source[3].enabled || source[3].pending);
	assert_int_equal(get(1, 4 * 3), SM_DETACHED);
	for (u32 offset = 0x1bc0; offset < 0x1bd0; offset += 4)
		assert_int_equal(get(0, offset), 0);
	put(0, 0x3000, 5);
	assert_int_equal(get(0, 0x3000), 0);
	assert_int_equal(messages, CPUS);
	assert_int_equal(get(0, 0x4000), 0);
}

/* [ISO-113] whatever a guest does: sources of others do not change, own ones go to own CPUs; other widths are refused */
static void random_accesses(void **state)
{
	static const u32 banks[] = { 0, 0x1000, 0x1b00, 0x1c00, 0x1d00, 0x1e00, 0x1f00, 0x2000, 0x3000, 0x4000 };
	u32 seen = 0;

	(void)state;
	srand(1);
	for (u32 n = 0; n < 1000000; n++) {
		static struct source before[SOURCES + 1];
		u32 c = (u32)rand() % 3, bank = banks[(u32)rand() % ARRAY_SIZE(banks)];
		u32 offset = bank + (u32)rand() % (bank == 0 || bank >= 0x2000 ? 0x400 : 0x100);
		u8 width = (u8)(1u << (rand() % 12 == 0 ? rand() % 4 : 2));
		u64 value = rand() % 2 ? (u32)rand() % 128 : (u32)rand() << (rand() % 4 * 8);
		bool write = rand() % 4 != 0;

		if (rand() % 8)
			offset &= ~3u;
		memcpy(before, source, sizeof(source));
		enum mmio_result result = access(c, offset, width, write, &value);

		assert_int_equal(result, c != 0 && (width != 4 || offset % 4) ? MMIO_DENIED : MMIO_DONE);
		for (u32 i = 1; i <= SOURCES; i++) {
			bool same = memcmp(&before[i], &source[i], sizeof(source[i])) == 0;

			assert_true(same || (owner_of(i) == c && write && width == 4));
			seen |= (u32)!same << c;
		}
		check_targets();
	}
	assert_int_equal(seen, 7);
}

static struct range added[16];
static u32 added_count;

static int add(struct range r)
{
	if (added_count == 2)
		return -BH_ENOSPC;
	added[added_count++] = r;
	return 0;
}

/* [ISO-113] the controllers are the hypervisor's: interrupt files that follow each other are one range */
static void controllers(void **state)
{
	(void)state;
	for (u32 i = 0; i < CPUS; i++)
		blob_cpus[i].msi_index = i;
	added_count = 0;
	assert_int_equal(aia_controllers(&system_plan, add), 0);
	assert_int_equal(added_count, 2);
	assert_int_equal(added[0].start, BASE);
	assert_int_equal(added[0].size, 0x8000);
	assert_int_equal(added[1].start, imsic.base);
	assert_int_equal(added[1].size, CPUS * 0x4000);
	blob_cpus[4].msi_index = 9;
	added_count = 0;
	assert_int_equal(aia_controllers(&system_plan, add), -BH_ENOSPC);
}

/* [ISO-113] what a cell brings must leave room for its controller, and name sources that are there */
static void checks(void **state)
{
	struct blob_header header = { .name = "c" };
	struct blob_cell cell = { .comm_gpa = 0x1000 };
	struct blob_cell_memory memory = { .gpa = 0x80000000, .size = 0x100000 };
	struct blob_cell_mmio mmio = { .gpa = 0x10000000, .size = 0x1000 };
	struct blob_cell_irq irq = { .irq = SOURCES };
	struct blob_cell_window window = { .gpa = imsic.base + 0x1000, .window.size = 0x2000 };
	struct cell_plan plan = { &header, &cell, NULL, 2, &memory, 1, &mmio, 1, &irq, 1, NULL, 0, &window, 0 };

	(void)state;
	assert_int_equal(aia_cell_check(&plan), 0);
	plan.window_count = 1;
	assert_int_equal(aia_cell_check(&plan), -BH_EINVAL);
	plan.window_count = 0;
	irq.irq = SOURCES + 1;
	assert_int_equal(aia_cell_check(&plan), -BH_EINVAL);
	irq.irq = 1;
	cell.comm_gpa = BASE + 0x7000;
	assert_int_equal(aia_cell_check(&plan), -BH_EINVAL);
	cell.comm_gpa = imsic.base + 0x2000;
	assert_int_equal(aia_cell_check(&plan), 0);
	memory.gpa = imsic.base - 0x0ff000;
	assert_int_equal(aia_cell_check(&plan), -BH_EINVAL);
	memory.gpa = 0x80000000;
	mmio.gpa = imsic.base + 0x1000;
	assert_int_equal(aia_cell_check(&plan), -BH_EINVAL);
}

/* [IRQ-340] a cell or the root is told by a source of its own, or not at all */
static void notify(void **state)
{
	(void)state;
	for (u32 i = 0; i <= CELL_IRQS; i++) {
		bool roots = i >= 1 && i <= SOURCES && owner_of(i) == 0 && active(i);
		bool before = i >= 1 && i <= SOURCES && source[i].pending;

		arch_irq_send(cell_root(), i);
		if (i >= 1 && i <= SOURCES)
			assert_int_equal(source[i].pending, roots || before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(retarget, setup),
		cmocka_unit_test_setup(handover, setup_cells),
		cmocka_unit_test_setup(targets, setup_cells),
		cmocka_unit_test_setup(registers, setup_cells),
		cmocka_unit_test_setup(random_accesses, setup_cells),
		cmocka_unit_test_setup(controllers, setup),
		cmocka_unit_test_setup(checks, setup),
		cmocka_unit_test_setup(notify, setup_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
