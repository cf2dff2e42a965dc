/* SPDX-License-Identifier: GPL-2.0-only */
/* blob.c: a good blob passes; for every check there is a blob that only this check refuses. */
#include "unit.h"

#include "fake/fake.h"
#include "fake/parts.h"

#define ARM BULKHEAD_ARCH_ARM64
#define RISCV BULKHEAD_ARCH_RISCV

static struct blob blob;
static struct system_parts sys;
static struct cell_parts cell;

/* --- cells ------------------------------------------------------------------------------------------------------------- */

static int verify_cell(struct blob_error *error)
{
	struct cell_plan plan;

	return blob_verify_cell(blob.data, blob.size, ARM, &plan, error);
}

static void full_cell(void)
{
	parts_cell(&cell, ARM, "plc-1");
	cell.cpu[0].cpu = 3;
	cell.cpu[1].cpu = 1;
	cell.cpu_count = 2;
	cell.memory[1] = (struct blob_cell_memory){ .gpa = 0x50000000, .size = 0x1000, .host = 0x11000000, .flags = BLOB_MEM_READ };
	cell.memory_count = 2;
	cell.mmio[0] = (struct blob_cell_mmio){
		.gpa = 0x9000000, .size = 0x1000, .host = 0x9040000, .widths = 0xf, .stream_id = BLOB_STREAM_NONE
	};
	cell.mmio[1] =
		(struct blob_cell_mmio){ .gpa = 0x9001100, .size = 0x20, .host = 0x9050100, .widths = 0x4, .stream_id = BLOB_STREAM_NONE };
	cell.mmio_count = 2;
	cell.irq[0] = (struct blob_cell_irq){ .irq = 40, .flags = BLOB_IRQ_EDGE };
	cell.irq[1] = (struct blob_cell_irq){ .irq = 1019, .flags = BLOB_IRQ_EDGE };
	cell.irq_count = 2;
	cell.window[0] = (struct blob_cell_window){
		.gpa = 0x60000000,
		.irq = 40,
		.window = { .size = 0x10000, .doorbells = 1, .channel = "data", .members = { "root", "plc-1", "other" } },
	};
	cell.window_count = 1;
}

/* Before the blob is put together. */
struct cell_spoiler {
	const char *check;
	void (*spoil)(void);
};

#define SPOIL(name, statement) \
	static void name(void) \
	{                      \
		statement;     \
	}
SPOIL(s_name, cell.header.name[0] = 'P')
SPOIL(s_name_dash, cell.header.name[0] = '-')
SPOIL(s_name_empty, memset(cell.header.name, 0, sizeof(cell.header.name)))
SPOIL(s_name_long, memset(cell.header.name, 'a', sizeof(cell.header.name)))
SPOIL(s_name_tail, cell.header.name[BULKHEAD_NAME_SIZE - 1] = 'x')
SPOIL(s_name_root, strcpy(cell.header.name, "root"))
SPOIL(s_name_hv, strcpy(cell.header.name, "hypervisor"))
SPOIL(s_magic, cell.header.magic++)
SPOIL(s_version, cell.header.abi_major++)
SPOIL(s_type, cell.header.type = BLOB_SYSTEM)
SPOIL(s_arch, cell.header.arch = BULKHEAD_ARCH_X86)
SPOIL(s_reserved, cell.header.reserved = 1)
SPOIL(s_no_cpu, cell.cpu_count = 0)
SPOIL(s_no_memory, cell.memory_count = 0)
SPOIL(s_many_memory, cell.memory_count = CELL_MAX_MEMORY + 1)
SPOIL(s_many_irqs, cell.irq_count = PLAN_MAX_IRQS + 1)
SPOIL(s_many_cpus, cell.cpu_count = BULKHEAD_MAX_CPUS + 1)
SPOIL(s_many_mmio, cell.mmio_count = PLAN_MAX_MMIO + 1)
SPOIL(s_flags, cell.config.flags = 0x8)
SPOIL(s_config_reserved, cell.config.reserved = 1)
SPOIL(s_config_reserved16, cell.config.reserved16 = 1)
SPOIL(s_irq_mode, cell.config.irq_mode = 3)
SPOIL(s_restart, cell.config.restart = 3)
SPOIL(s_restart_by, cell.config.restart_by = 1)
SPOIL(s_uart, cell.config.uart_gpa = 0x9000000)
SPOIL(s_uart_type, cell.config.uart_type = 3)
SPOIL(s_comm_align, cell.config.comm_gpa += 8)
SPOIL(s_comm_far, cell.config.comm_gpa = BIT64(48))
SPOIL(s_comm_memory, cell.config.comm_gpa = cell.memory[0].gpa + 0x1000)
SPOIL(s_comm_device, cell.config.comm_gpa = cell.mmio[0].gpa)
SPOIL(s_comm_trapped, cell.config.comm_gpa = page_base(cell.mmio[1].gpa))
SPOIL(s_cpu_reserved, cell.cpu[1].reserved = 1)
SPOIL(s_cpu_both, cell.cpu[1].cpu = BLOB_CPU_ANY)
SPOIL(s_cpu_unknown, cell.cpu[1].cpu = BULKHEAD_MAX_CPUS)
SPOIL(s_cpu_duplicate, cell.cpu[1].cpu = cell.cpu[0].cpu)
SPOIL(s_mem_size, cell.memory[0].size = 0)
SPOIL(s_mem_align, cell.memory[0].gpa += 0x800)
SPOIL(s_mem_align_size, cell.memory[0].size += 0x800)
SPOIL(s_mem_align_host, cell.memory[1].host += 0x800)
SPOIL(s_mem_wrap, cell.memory[0].size = 0 - PAGE_SIZE)
SPOIL(s_mem_wrap_host, cell.memory[1].host = ~0ull << 12; cell.memory[1].size = 0x2000)
SPOIL(s_mem_ipa, cell.memory[0].gpa = BIT64(48) - 0x1000)
SPOIL(s_mem_host_far, cell.memory[1].host = BIT64(48))
SPOIL(s_mem_flags, cell.memory[0].flags |= 8)
SPOIL(s_mem_rights, cell.memory[0].flags = BLOB_MEM_WRITE)
SPOIL(s_mem_reserved, cell.memory[0].reserved = 1)
SPOIL(s_mem_overlap, cell.memory[1].gpa = cell.memory[0].gpa + cell.memory[0].size - 0x1000)
SPOIL(s_mem_mmio, cell.mmio[0].gpa = cell.memory[0].gpa)
SPOIL(s_host_overlap, cell.mmio[0].host = cell.memory[1].host)
SPOIL(s_host_overlap_trapped, cell.mmio[1].host = cell.mmio[0].host + 0x100)
SPOIL(s_reg_zero, cell.mmio[1].size = 0)
SPOIL(s_reg_wrap, cell.mmio[0].size = 0 - PAGE_SIZE)
SPOIL(s_reg_far, cell.mmio[0].host = BIT64(48))
SPOIL(s_reg_cross, cell.mmio[1].gpa += 0xef0; cell.mmio[1].host += 0xef0)
SPOIL(s_reg_offset, cell.mmio[1].host += 4)
SPOIL(s_width_none, cell.mmio[1].widths = 0)
SPOIL(s_width_more, cell.mmio[1].widths = 0x10)
SPOIL(s_width_mapped, cell.mmio[0].widths = 0x4)
SPOIL(s_window_small, cell.window[0].window.size = PAGE_SIZE)
SPOIL(s_window_wrap, cell.window[0].gpa = 0 - PAGE_SIZE)
SPOIL(s_window_far, cell.window[0].gpa = BIT64(48))
SPOIL(s_window_align, cell.window[0].window.size += 8)
SPOIL(s_window_memory, cell.window[0].gpa = cell.memory[0].gpa)
SPOIL(s_window_windows, cell.window[1] = cell.window[0]; cell.window[1].window.channel[0]++; cell.window_count = 2)
SPOIL(s_window_comm, cell.config.comm_gpa = cell.window[0].gpa + PAGE_SIZE)
SPOIL(s_window_flags, cell.window[0].flags = 2)
SPOIL(s_window_reserved, cell.window[0].window.reserved = 1)
SPOIL(s_window_channel, cell.window[0].window.channel[0] = '-')
SPOIL(s_window_twice, cell.window[1] = cell.window[0]; cell.window[1].gpa += 0x10000; cell.window_count = 2)
SPOIL(s_window_alone, memset(cell.window[0].window.members[1], 0, BULKHEAD_NAME_SIZE))
SPOIL(s_window_order, memcpy(cell.window[0].window.members[1], "zzz", 4))
SPOIL(s_window_same, memcpy(cell.window[0].window.members[1], cell.window[0].window.members[0], BULKHEAD_NAME_SIZE))
SPOIL(s_window_hole, memset(cell.window[0].window.members[2], 0, BULKHEAD_NAME_SIZE); memcpy(cell.window[0].window.members[3], "a", 2))
SPOIL(s_window_tail, cell.window[0].window.members[3][1] = 'a')
SPOIL(s_window_name, cell.window[0].window.members[0][0] = '~')
SPOIL(s_window_stranger, cell.header.name[0] = 'q')
SPOIL(s_window_doorbells, cell.window[0].window.doorbells = 17)
SPOIL(s_window_irq, cell.window[0].irq = 99)
SPOIL(s_window_level, cell.irq[0].flags = 0)
SPOIL(s_mmio_flags, cell.mmio[0].flags = 2)
SPOIL(s_mask_mapped, cell.mmio[0].keep = 1)
SPOIL(s_mask_size, cell.mmio[1].keep = 1; cell.mmio[1].widths = 4)
SPOIL(s_mask_width, cell.mmio[1].keep = 1; cell.mmio[1].widths = 0xc; cell.mmio[1].size = 4)
SPOIL(s_irq_private, cell.irq[0].irq = 31)
SPOIL(s_irq_unknown, cell.irq[0].irq = 1020)
SPOIL(s_irq_flags, cell.irq[0].flags = 2)
SPOIL(s_irq_shared, cell.irq[1].irq = cell.irq[0].irq)

static void s_reg_count(void)
{
	for (u32 i = 0; i <= PLAN_MAX_TRAPPED; i++)
		cell.mmio[i] =
			(struct blob_cell_mmio){ .gpa = 0x9100000 + i * 0x100, .size = 0x20, .host = 0x9100000 + i * 0x100, .widths = 4 };
	cell.mmio_count = PLAN_MAX_TRAPPED + 1;
}

static const struct cell_spoiler cell_spoilers[] = {
	{ "name-syntax", s_name },
	{ "name-syntax", s_name_dash },
	{ "name-syntax", s_name_empty },
	{ "name-syntax", s_name_long },
	{ "name-syntax", s_name_tail },
	{ "name-syntax", s_name_root },
	{ "name-syntax", s_name_hv },
	{ "blob-magic", s_magic },
	{ "blob-version", s_version },
	{ "blob-type", s_type },
	{ "blob-arch", s_arch },
	{ "blob-reserved", s_reserved },
	{ "blob-missing", s_no_cpu },
	{ "blob-missing", s_no_memory },
	{ "blob-count", s_many_memory },
	{ "blob-count", s_many_irqs },
	{ "blob-count", s_many_cpus },
	{ "blob-count", s_many_mmio },
	{ "blob-flags", s_flags },
	{ "blob-reserved", s_config_reserved },
	{ "blob-reserved", s_config_reserved16 },
	{ "irq-mode-unavailable", s_irq_mode },
	{ "restart-value", s_restart },
	{ "restart-by-unavailable", s_restart_by },
	{ "cell-uart", s_uart },
	{ "cell-uart", s_uart_type },
	{ "comm-address", s_comm_align },
	{ "comm-address", s_comm_far },
	{ "comm-overlap", s_comm_memory },
	{ "comm-overlap", s_comm_device },
	{ "comm-overlap", s_comm_trapped },
	{ "blob-reserved", s_cpu_reserved },
	{ "cpu-both", s_cpu_both },
	{ "cpu-unknown", s_cpu_unknown },
	{ "cpu-duplicate", s_cpu_duplicate },
	{ "mem-size", s_mem_size },
	{ "mem-align", s_mem_align },
	{ "mem-align", s_mem_align_size },
	{ "mem-align", s_mem_align_host },
	{ "mem-wrap", s_mem_wrap },
	{ "mem-wrap", s_mem_wrap_host },
	{ "mem-beyond-ipa", s_mem_ipa },
	{ "mem-not-ram", s_mem_host_far },
	{ "blob-flags", s_mem_flags },
	{ "right-unavailable", s_mem_rights },
	{ "blob-reserved", s_mem_reserved },
	{ "mem-overlap", s_mem_overlap },
	{ "mem-overlap", s_mem_mmio },
	{ "host-overlap", s_host_overlap },
	{ "host-overlap", s_host_overlap_trapped },
	{ "reg-size", s_reg_zero },
	{ "reg-size", s_reg_wrap },
	{ "reg-size", s_reg_far },
	{ "reg-size", s_reg_cross },
	{ "reg-offset", s_reg_offset },
	{ "width-value", s_width_none },
	{ "width-value", s_width_more },
	{ "width-value", s_width_mapped },
	{ "mem-size", s_window_small },
	{ "mem-wrap", s_window_wrap },
	{ "mem-beyond-ipa", s_window_far },
	{ "mem-align", s_window_align },
	{ "mem-overlap", s_window_memory },
	{ "mem-overlap", s_window_windows },
	{ "comm-overlap", s_window_comm },
	{ "blob-flags", s_window_flags },
	{ "blob-reserved", s_window_reserved },
	{ "channel-syntax", s_window_channel },
	{ "channel-duplicate", s_window_twice },
	{ "window-members", s_window_alone },
	{ "window-members", s_window_order },
	{ "window-members", s_window_same },
	{ "window-members", s_window_hole },
	{ "window-members", s_window_tail },
	{ "window-members", s_window_name },
	{ "window-members", s_window_stranger },
	{ "window-doorbells", s_window_doorbells },
	{ "window-doorbells", s_window_irq },
	{ "window-doorbells", s_window_level },
	{ "blob-flags", s_mmio_flags },
	{ "mask-offset", s_mask_mapped },
	{ "mask-offset", s_mask_size },
	{ "mask-offset", s_mask_width },
	{ "irq-private", s_irq_private },
	{ "irq-unknown", s_irq_unknown },
	{ "blob-flags", s_irq_flags },
	{ "irq-shared", s_irq_shared },
	{ "reg-count", s_reg_count },
};

static void expect(int result, const struct blob_error *error, const char *check, u32 index)
{
	if (result != -BH_EINVAL || strcmp(error->check, check) != 0)
		fail_msg("spoiler %u: wanted [%s], got %d [%s]", index, check, result, result != 0 ? error->check : "");
}

/* [CFG-001] every check of a cell refuses the blob that breaks it, and names itself */
static void cell_each_check(void **state)
{
	struct blob_error error;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cell_spoilers); i++) {
		full_cell();
		cell_spoilers[i].spoil();
		parts_emit_cell(&cell, &blob);
		expect(verify_cell(&error), &error, cell_spoilers[i].check, i);
	}
}

/* [CFG-002] what a good blob says comes out in the plan, record by record */
static void cell_good(void **state)
{
	struct cell_plan plan;
	struct blob_error error;

	(void)state;
	full_cell();
	parts_emit_cell(&cell, &blob);
	assert_int_equal(blob_verify_cell(blob.data, blob.size, ARM, &plan, &error), 0);
	assert_string_equal(plan.header->name, "plc-1");
	assert_int_equal(plan.cpu_count, 2);
	assert_int_equal(plan.cpu[0].cpu, 3);
	assert_int_equal(plan.memory_count, 2);
	assert_int_equal(plan.memory[1].host, 0x11000000);
	assert_int_equal(plan.mmio_count, 2);
	assert_false(plan_mmio_trapped(&plan.mmio[0]));
	assert_true(plan_mmio_trapped(&plan.mmio[1]));
	assert_int_equal(plan.irq_count, 2);
	assert_int_equal(plan.irq[1].irq, 1019);
	assert_int_equal(plan.window_count, 1);
	assert_string_equal(plan.window[0].window.channel, "data");
}

/* --- structure --------------------------------------------------------------------------------------------------------- */

static struct blob_header *head(void)
{
	return (struct blob_header *)blob.data;
}

#define SPOIL_BLOB(name, statement) \
	static void name(void)      \
	{                           \
		statement;          \
	}
SPOIL_BLOB(b_short, blob.size = sizeof(struct blob_header) - 8)
SPOIL_BLOB(b_cut, blob.size -= 8)
SPOIL_BLOB(b_long, blob.size += 8)
SPOIL_BLOB(b_tail, blob.size += 8; head()->size += 8)
SPOIL_BLOB(b_end, blob.size -= 8; head()->size -= 8)
SPOIL_BLOB(b_sections, head()->section_count = ~0u)
SPOIL_BLOB(b_kind, parts_section(&blob, 1)->kind = 63)
SPOIL_BLOB(b_kind_system, parts_section(&blob, 1)->kind = BLOB_RAM)
SPOIL_BLOB(b_positions, parts_section(&blob, 4)->kind = BLOB_POSITIONS)
SPOIL_BLOB(b_twice, parts_section(&blob, 2)->kind = BLOB_CELL_CONFIG)
SPOIL_BLOB(b_record, parts_section(&blob, 2)->record_size += 8)
SPOIL_BLOB(b_count, parts_section(&blob, 3)->record_count = ~0u)
SPOIL_BLOB(b_empty, parts_section(&blob, 3)->record_count = 0)
SPOIL_BLOB(b_reserved, parts_section(&blob, 3)->reserved = 1)
SPOIL_BLOB(b_offset, parts_section(&blob, 3)->offset += 8)
SPOIL_BLOB(b_more, parts_section(&blob, 4)->record_count += 8)

static const struct cell_spoiler blob_spoilers[] = {
	{ "blob-size", b_short },     { "blob-size", b_cut },          { "blob-size", b_long },          { "blob-layout", b_tail },
	{ "blob-layout", b_end },     { "blob-layout", b_sections },   { "blob-kind", b_kind },          { "blob-kind", b_kind_system },
	{ "blob-kind", b_positions }, { "blob-duplicate", b_twice },   { "blob-record-size", b_record }, { "blob-count", b_count },
	{ "blob-count", b_empty },    { "blob-reserved", b_reserved }, { "blob-layout", b_offset },      { "blob-layout", b_more },
};

/* [CFG-003] unknown kinds, wrong sizes, gaps and truncation are errors, never ignored */
static void structure(void **state)
{
	struct blob_error error;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(blob_spoilers); i++) {
		full_cell();
		parts_emit_cell(&cell, &blob);
		blob_spoilers[i].spoil();
		expect(verify_cell(&error), &error, blob_spoilers[i].check, i);
	}
}

/* [CFG-003] every truncation is refused without a read outside what the caller holds (ASan watches) */
static void truncations(void **state)
{
	struct cell_plan plan;
	struct blob_error error;

	(void)state;
	full_cell();
	parts_emit_cell(&cell, &blob);
	for (u64 size = 0; size < blob.size; size++) {
		void *copy = malloc(size);

		memcpy(copy, blob.data, size);
		assert_int_equal(blob_verify_cell(copy, size, ARM, &plan, &error), -BH_EINVAL);
		if (size >= sizeof(struct blob_header)) {
			((struct blob_header *)copy)->size = (u32)size;
			assert_int_equal(blob_verify_cell(copy, size, ARM, &plan, &error), -BH_EINVAL);
		}
		free(copy);
	}
}

/* --- systems ----------------------------------------------------------------------------------------------------------- */

SPOIL(m_limit, sys.machine.phys_limit = 0)
SPOIL(m_limit_far, sys.machine.phys_limit = BIT64(48) + PAGE_SIZE)
SPOIL(m_limit_align, sys.machine.phys_limit += 8)
SPOIL(m_uart, sys.machine.uart_type = BLOB_UART_NONE)
SPOIL(m_uart_base, sys.machine.uart_base = 0)
SPOIL(m_uart_type, sys.machine.uart_type = 9)
SPOIL(m_uart_shift, sys.machine.uart_reg_shift = 4)
SPOIL(m_conduit, sys.machine.conduit = 3)
SPOIL(m_flags, sys.machine.flags = 4)
SPOIL(m_gic_version, sys.gic.version = 2)
SPOIL(m_gic_intid, sys.gic.maintenance_intid = 32)
SPOIL(m_no_gicr, sys.gicr_count = 0)
SPOIL(m_no_ram, sys.ram_count = 0)
SPOIL(m_many_gicr, sys.gicr_count = PLAN_MAX_GICR + 1)
SPOIL(m_ram_far, sys.ram[0].size = FAKE_PHYS_LIMIT)
SPOIL(m_ram_zero, sys.ram[0].size = 0)
SPOIL(m_ram_align, sys.ram[0].size += 8)
SPOIL(m_gicd_align, sys.gic.gicd_base += 8)
SPOIL(m_ram_overlap, sys.ram[1] = sys.ram[0]; sys.ram_count = 2)
SPOIL(m_gic_overlap, sys.gicr[0].base = sys.gic.gicd_base)
SPOIL(m_gic_in_ram, sys.gic.gicd_base = sys.ram[0].base)
SPOIL(m_uart_in_ram, sys.machine.uart_base = sys.ram[0].base)
SPOIL(m_cpu_flags, sys.cpu[1].flags = 1)
SPOIL(m_cpu_reserved, sys.cpu[1].msi_index = 1)
SPOIL(m_cpu_twice, sys.cpu[1].hwid = sys.cpu[0].hwid)
SPOIL(m_counter, sys.machine.counter_hz = 1000)
SPOIL(m_machine_reserved, sys.machine.reserved = 1)

static const struct cell_spoiler system_spoilers[] = {
	{ "machine-limit", m_limit },         { "machine-limit", m_limit_far },     { "machine-limit", m_limit_align },
	{ "machine-uart", m_uart },           { "machine-uart", m_uart_base },      { "machine-uart", m_uart_type },
	{ "machine-uart", m_uart_shift },     { "machine-conduit", m_conduit },     { "blob-flags", m_flags },
	{ "gic-version", m_gic_version },     { "gic-maintenance", m_gic_intid },   { "blob-missing", m_no_gicr },
	{ "blob-missing", m_no_ram },         { "blob-count", m_many_gicr },        { "machine-range", m_ram_far },
	{ "machine-range", m_ram_zero },      { "machine-range", m_ram_align },     { "machine-range", m_gicd_align },
	{ "machine-overlap", m_ram_overlap }, { "machine-overlap", m_gic_overlap }, { "machine-overlap", m_gic_in_ram },
	{ "machine-overlap", m_uart_in_ram }, { "blob-flags", m_cpu_flags },        { "blob-reserved", m_cpu_reserved },
	{ "cpu-duplicate", m_cpu_twice },     { "machine-counter", m_counter },     { "blob-reserved", m_machine_reserved },
};

SPOIL(v_conduit, sys.machine.conduit = BLOB_CONDUIT_SMC)
SPOIL(v_counter, sys.machine.counter_hz = 0)
SPOIL(v_cbom, sys.machine.cbom_block_size = 48)
SPOIL(v_cbom_big, sys.machine.cbom_block_size = 2 * PAGE_SIZE)
SPOIL(v_aplic_reserved, sys.aplic.reserved = 1)
SPOIL(v_aplic_none, sys.aplic.source_count = 0)
SPOIL(v_aplic_many, sys.aplic.source_count = 1024)
SPOIL(v_aplic_small, sys.aplic.size = 3 * PAGE_SIZE)
SPOIL(v_aplic_align, sys.aplic.base += 8)
SPOIL(v_aplic_in_ram, sys.aplic.base = sys.ram[0].base)
SPOIL(v_aplic_uart, sys.machine.uart_base = sys.aplic.base)
SPOIL(v_imsic_reserved, sys.imsic.reserved = 1)
SPOIL(v_imsic_guests, sys.imsic.guest_bits = 7)
SPOIL(v_imsic_harts, sys.imsic.hart_bits = 15)
SPOIL(v_imsic_groups, sys.imsic.group_bits = 8)
SPOIL(v_imsic_wide, sys.imsic.hart_bits = 10; sys.imsic.group_bits = 5; sys.imsic.group_shift = 30)
SPOIL(v_imsic_shift, sys.imsic.group_bits = 1; sys.imsic.group_shift = 23)
SPOIL(v_imsic_shift_low, sys.imsic.group_bits = 1; sys.imsic.hart_bits = 12; sys.imsic.group_shift = 25)
SPOIL(v_imsic_shift_high, sys.imsic.group_bits = 1; sys.imsic.group_shift = 48)
SPOIL(v_imsic_shift_none, sys.imsic.group_shift = 64)
SPOIL(v_imsic_index, sys.cpu[3].msi_index = 64)
SPOIL(v_imsic_far, sys.imsic.base = FAKE_PHYS_LIMIT - 4 * PAGE_SIZE)
SPOIL(v_imsic_far_group, sys.imsic.group_bits = 1; sys.imsic.group_shift = 29; sys.cpu[3].msi_index = 64)
SPOIL(v_ids_few, sys.imsic.id_count = 31)
SPOIL(v_ids_many, sys.imsic.id_count = 2111)
SPOIL(v_ids_odd, sys.imsic.id_count = 254)
SPOIL(v_msi_twice, sys.cpu[1].msi_index = sys.cpu[0].msi_index)
SPOIL(v_hart_twice, sys.cpu[1].hwid = sys.cpu[0].hwid)

static const struct cell_spoiler riscv_spoilers[] = {
	{ "machine-conduit", v_conduit },
	{ "machine-counter", v_counter },
	{ "machine-cbom", v_cbom },
	{ "machine-cbom", v_cbom_big },
	{ "blob-reserved", v_aplic_reserved },
	{ "aplic-sources", v_aplic_none },
	{ "aplic-sources", v_aplic_many },
	{ "aplic-sources", v_aplic_small },
	{ "machine-range", v_aplic_align },
	{ "machine-overlap", v_aplic_in_ram },
	{ "machine-overlap", v_aplic_uart },
	{ "blob-reserved", v_imsic_reserved },
	{ "imsic-layout", v_imsic_guests },
	{ "imsic-layout", v_imsic_harts },
	{ "imsic-layout", v_imsic_groups },
	{ "imsic-layout", v_imsic_wide },
	{ "imsic-layout", v_imsic_shift },
	{ "imsic-layout", v_imsic_shift_low },
	{ "imsic-layout", v_imsic_shift_high },
	{ "imsic-layout", v_imsic_shift_none },
	{ "imsic-layout", v_imsic_index },
	{ "machine-range", v_imsic_far },
	{ "machine-range", v_imsic_far_group },
	{ "imsic-ids", v_ids_few },
	{ "imsic-ids", v_ids_many },
	{ "imsic-ids", v_ids_odd },
	{ "cpu-duplicate", v_msi_twice },
	{ "cpu-duplicate", v_hart_twice },
};

static void systems_refused(u16 arch, const struct cell_spoiler *spoilers, u32 count)
{
	struct system_plan plan;
	struct blob_error error;

	for (u32 i = 0; i < count; i++) {
		parts_system(&sys, arch, 4);
		spoilers[i].spoil();
		parts_emit_system(&sys, &blob);
		expect(blob_verify_system(blob.data, blob.size, arch, &plan, &error), &error, spoilers[i].check, i);
	}
}

/* [CFG-001] every check of a system blob refuses the blob that breaks it */
static void system_each_check(void **state)
{
	(void)state;
	systems_refused(ARM, system_spoilers, ARRAY_SIZE(system_spoilers));
}

/* [CFG-001] the same of a riscv machine */
static void riscv_each_check(void **state)
{
	(void)state;
	systems_refused(RISCV, riscv_spoilers, ARRAY_SIZE(riscv_spoilers));
}

/* [CFG-002] a good riscv machine: its controllers, and where the interrupt files of each CPU are, also in groups */
static void riscv_good(void **state)
{
	struct system_plan plan;
	struct blob_error error;

	(void)state;
	parts_system(&sys, RISCV, BULKHEAD_MAX_CPUS);
	sys.machine.cbom_block_size = 64;
	parts_emit_system(&sys, &blob);
	assert_int_equal(blob_verify_system(blob.data, blob.size, RISCV, &plan, &error), 0);
	assert_null(plan.gic);
	assert_int_equal(plan.gicr_count, 0);
	assert_int_equal(plan.aplic->source_count, 96);
	assert_int_equal(plan.imsic->id_count, 255);
	assert_int_equal(plan_imsic_files(plan.imsic, plan.cpu[3].msi_index).start, sys.imsic.base + 0xc000);
	assert_int_equal(plan_imsic_files(plan.imsic, plan.cpu[3].msi_index).size, 0x4000);

	parts_system(&sys, RISCV, 4);
	sys.imsic.hart_bits = 1;
	sys.imsic.group_bits = 1;
	parts_emit_system(&sys, &blob);
	assert_int_equal(blob_verify_system(blob.data, blob.size, RISCV, &plan, &error), 0);
	assert_int_equal(plan_imsic_files(plan.imsic, plan.cpu[3].msi_index).start, sys.imsic.base + 0x1004000);

	head()->arch = ARM;
	assert_int_equal(blob_verify_system(blob.data, blob.size, ARM, &plan, &error), -BH_EINVAL);
	assert_string_equal(error.check, "blob-kind");
}

/* [CFG-001] which interrupts a cell may own depends on the architecture */
static void irqs_by_arch(void **state)
{
	static const struct {
		u16 arch;
		u32 irq;
		const char *check; /* NULL: it may */
	} cases[] = {
		{ ARM, 31, "irq-private" },  { ARM, 32, NULL },  { ARM, 1019, NULL },   { ARM, 1020, "irq-unknown" },
		{ RISCV, 0, "irq-private" }, { RISCV, 1, NULL }, { RISCV, 1023, NULL }, { RISCV, 1024, "irq-unknown" },
	};
	struct cell_plan plan;
	struct blob_error error;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		parts_cell(&cell, cases[i].arch, "plc-1");
		cell.irq[0].irq = cases[i].irq;
		cell.irq_count = 1;
		parts_emit_cell(&cell, &blob);

		int result = blob_verify_cell(blob.data, blob.size, cases[i].arch, &plan, &error);

		if (cases[i].check != NULL)
			expect(result, &error, cases[i].check, i);
		else
			assert_int_equal(result, 0);
	}
}

/* [CFG-002] a good system blob; controllers are arm64's only */
static void system_good(void **state)
{
	struct system_plan plan;
	struct blob_error error;

	(void)state;
	parts_system(&sys, ARM, BULKHEAD_MAX_CPUS);
	parts_emit_system(&sys, &blob);
	assert_int_equal(blob_verify_system(blob.data, blob.size, ARM, &plan, &error), 0);
	assert_int_equal(plan.cpu_count, BULKHEAD_MAX_CPUS);
	assert_int_equal(plan.gic->version, 3);
	assert_int_equal(plan.gicr_count, 1);
	assert_int_equal(plan.ram[0].size, FAKE_RAM_SIZE);

	head()->arch = BULKHEAD_ARCH_FAKE;
	assert_int_equal(blob_verify_system(blob.data, blob.size, BULKHEAD_ARCH_FAKE, &plan, &error), -BH_EINVAL);
	assert_string_equal(error.check, "blob-kind");

	parts_system(&sys, BULKHEAD_ARCH_FAKE, 2);
	parts_emit_system(&sys, &blob);
	assert_int_equal(blob_verify_system(blob.data, blob.size, BULKHEAD_ARCH_FAKE, &plan, &error), 0);
	assert_null(plan.gic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cell_each_check),  cmocka_unit_test(cell_good),         cmocka_unit_test(structure),
		cmocka_unit_test(truncations),      cmocka_unit_test(system_each_check), cmocka_unit_test(system_good),
		cmocka_unit_test(riscv_each_check), cmocka_unit_test(riscv_good),        cmocka_unit_test(irqs_by_arch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
