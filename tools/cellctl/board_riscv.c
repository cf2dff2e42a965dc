// SPDX-License-Identifier: GPL-2.0-only
/*
 * riscv boards: harts with the H extension, APLIC and IMSIC of the supervisor level. Of the machine level, and of controllers
 * from before AIA, only the addresses matter: nobody may be given them.
 */
#include "board.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include <libfdt.h>

#include "guestdt.h"
#include "isa.h"
#include "output.h"

#define IRQ_S_EXT 9 /* of a hart: what an interrupt file of the supervisor level raises; the machine level's raises 11 */
#define QEMU_LINE "QEMU: -M virt,aia=aplic-imsic,aia-guests=3"

static bool is_riscv(const struct tree *tree)
{
	return fdt_node_offset_by_compatible(tree->fdt, -1, "riscv") >= 0;
}

/* Two cells: source, type. */
static bool decode_irq(const struct board *board, const u32 *cells, struct board_irq *irq)
{
	return board_irq_decode(cells, irq) && cells[0] >= 1 && cells[0] <= board->aplic.source_count;
}

static const char *irq_form(const struct board *board)
{
	return mem_format("write <n t>: source n (1 to %u), t = 1 for rising edge, 2 falling, 4 high level, 8 low",
			  board->aplic.source_count);
}

/* "b" stands for three. The image is compiled for them. */
static int check_hart(struct board *board, u32 cpu)
{
	static const struct {
		const char *name, *part_of, *fix;
	} needed[] = {
		{ "h", "h", "use CPUs with it (QEMU: -cpu rv64,h=true)" },
		{ "zba", "b", "use CPUs with Zba, Zbb and Zbs, as RVA22 asks for" },
		{ "zbb", "b", "use CPUs with Zba, Zbb and Zbs, as RVA22 asks for" },
		{ "zbs", "b", "use CPUs with Zba, Zbb and Zbs, as RVA22 asks for" },
	};
	int node = board->cpus[cpu].node;

	for (u32 i = 0; i < ARRAY_SIZE(needed); i++)
		if (!isa_has(&board->tree, node, needed[i].name) && !isa_has(&board->tree, node, needed[i].part_of))
			return board_error(
				board, node, needed[i].fix,
				mem_format("CPU %u has no extension '%s' in riscv,isa-extensions or riscv,isa", cpu, needed[i].name));
	return 0;
}

static int read_harts(struct board *board)
{
	const struct tree *tree = &board->tree;
	int cpus = fdt_path_offset(tree->fdt, "/cpus");

	board->counter_hz = tree_u32(tree, cpus, "timebase-frequency", 0, 0);
	for (u32 i = 0; i < board->cpu_count; i++) {
		int node = board->cpus[i].node;
		u32 size = tree_u32(tree, node, "riscv,cbom-block-size", 0, 0);

		if (check_hart(board, i))
			return -EINVAL;
		if (!board->counter_hz)
			board->counter_hz = tree_u32(tree, node, "timebase-frequency", 0, 0);
		/* The smallest is right for all. */
		if (!isa_has(tree, node, "zicbom"))
			size = 0;
		if (!i || size < board->cbom_size)
			board->cbom_size = size;
	}
	return board->counter_hz
		       ? 0
		       : board_error(board, cpus, "give /cpus its timebase-frequency", "no timebase-frequency: timers have no unit");
}

/* --- AIA ------------------------------------------------------------------------------------------------------------------- */

static int find_imsic(const struct tree *tree)
{
	int node = fdt_node_offset_by_compatible(tree->fdt, -1, "riscv,imsics");

	while (node >= 0 && (!tree_enabled(tree, node) || tree_u32(tree, node, "interrupts-extended", 1, 0) != IRQ_S_EXT))
		node = fdt_node_offset_by_compatible(tree->fdt, node, "riscv,imsics");
	return node;
}

/* The domain whose interrupts become messages to the IMSIC. Its parent, of the machine level, sends to another. */
static int find_aplic(const struct tree *tree, int imsic)
{
	int node = fdt_node_offset_by_compatible(tree->fdt, -1, "riscv,aplic");

	while (node >= 0) {
		u32 to = tree_u32(tree, node, "msi-parent", 0, 0);

		if (to && tree_enabled(tree, node) && tree_by_phandle(tree, to) == imsic)
			break;
		node = fdt_node_offset_by_compatible(tree->fdt, node, "riscv,aplic");
	}
	return node;
}

static int no_aia(const struct board *board)
{
	const char *fix = "use a machine with APLIC and IMSIC (" QEMU_LINE ")";
	int aplic = fdt_node_offset_by_compatible(board->tree.fdt, -1, "riscv,aplic");
	int imsic = fdt_node_offset_by_compatible(board->tree.fdt, -1, "riscv,imsics");
	int plic = fdt_node_offset_by_compatible(board->tree.fdt, -1, "riscv,plic0");

	if (plic < 0)
		plic = fdt_node_offset_by_compatible(board->tree.fdt, -1, "sifive,plic-1.0.0");
	if (aplic >= 0 && imsic < 0)
		return board_error(board, aplic, fix, "the board has no IMSIC: its APLIC cannot send interrupts to guests");
	if (aplic >= 0 || imsic >= 0)
		return board_error(board, aplic >= 0 ? aplic : imsic, fix, "no APLIC whose msi-parent is an IMSIC of the supervisor level");
	return board_error(board, plic, fix,
			   plic >= 0 ? "the board has no AIA: its interrupt controller is a PLIC"
				     : "the board has no AIA: neither 'riscv,aplic' nor 'riscv,imsics'");
}

/* As Linux reads it: what is not said follows from the number of harts. */
static int read_layout(struct board *board, u32 files)
{
	const struct tree *tree = &board->tree;
	int node = board->imsic_node;
	struct blob_imsic *m = &board->imsic;
	u32 bits = 0, ids;
	struct range r;

	while (bits < 31 && 1u << bits < files)
		bits++;
	m->guest_bits = tree_u32(tree, node, "riscv,guest-index-bits", 0, 0);
	m->hart_bits = tree_u32(tree, node, "riscv,hart-index-bits", 0, bits);
	m->group_bits = tree_u32(tree, node, "riscv,group-index-bits", 0, 0);
	m->group_shift = tree_u32(tree, node, "riscv,group-index-shift", 0, 2 * PAGE_SHIFT);
	m->id_count = tree_u32(tree, node, "riscv,num-ids", 0, 0);
	ids = tree_u32(tree, node, "riscv,num-guest-ids", 0, m->id_count);
	if (!m->guest_bits)
		return board_error(board, node, "use an IMSIC with at least one for each CPU (" QEMU_LINE ")",
				   "too few guest interrupt files: riscv,guest-index-bits is 0");
	if (ids < m->id_count)
		return board_error(board, node, "Bulkhead does not support this machine yet",
				   "guest interrupt files have fewer identities than the supervisor's");
	if (m->guest_bits > 6 || m->hart_bits > 14 || m->group_bits > 7 || m->group_shift > 55 || !tree_reg(tree, node, 0, &r))
		return board_error(board, node, "correct its reg and riscv,...-index-bits", "cannot read where the interrupt files are");
	m->base = r.start & ~((1ull << (PAGE_SHIFT + m->guest_bits + m->hart_bits)) - 1);
	m->base &= ~(((1ull << m->group_bits) - 1) << m->group_shift);
	return 0;
}

/* Where file number n of the node is: its reg ranges one after the other. */
static bool file_address(const struct board *board, u32 n, u64 *address)
{
	u64 stride = PAGE_SIZE << board->imsic.guest_bits, offset = n * stride;
	struct range r;

	for (u32 i = 0; tree_reg(&board->tree, board->imsic_node, i, &r); i++) {
		u64 room = (r.size + stride - 1) & ~(stride - 1);

		if (offset < r.size) {
			*address = r.start + offset;
			return true;
		}
		offset -= room < offset ? room : offset;
	}
	return false;
}

static u32 index_of(const struct blob_imsic *m, u64 address)
{
	u32 hart = (u32)(address >> (PAGE_SHIFT + m->guest_bits)) & ((1u << m->hart_bits) - 1);
	u32 group = (u32)(address >> m->group_shift) & ((1u << m->group_bits) - 1);

	return group << m->hart_bits | hart;
}

static int read_files(struct board *board)
{
	const struct tree *tree = &board->tree;
	int node = board->imsic_node, length;
	const u8 *p = tree_property(tree, node, "interrupts-extended", &length);
	bool found[BULKHEAD_MAX_CPUS] = { false };
	u32 files = (u32)length / 8;
	int err = read_layout(board, files);

	for (u32 i = 0; i < files && !err; i++) {
		int intc = tree_by_phandle(tree, (u32)tree_number(p + 8 * i, 1));
		int cpu_node = intc < 0 ? -1 : tree_parent(tree, intc);
		u64 address;
		u32 cpu = 0;

		while (cpu < board->cpu_count && board->cpus[cpu].node != cpu_node)
			cpu++;
		if (cpu == board->cpu_count)
			continue; /* of a hart that is switched off for good */
		if (!file_address(board, i, &address))
			return board_error(board, node, "correct its reg property", "fewer pages of interrupt files than CPUs");
		board->cpus[cpu].msi_index = index_of(&board->imsic, address);
		if (plan_imsic_files(&board->imsic, board->cpus[cpu].msi_index).start != address)
			return board_error(board, node, "correct its riscv,...-index-bits",
					   mem_format("the interrupt file of CPU %u is not where the index bits say", cpu));
		found[cpu] = true;
	}
	for (u32 i = 0; i < board->cpu_count && !err; i++)
		if (!found[i])
			return board_error(board, node, "name each CPU in interrupts-extended",
					   mem_format("CPU %u has no interrupt file", i));
	return err;
}

static int add_node(struct board *board, int node)
{
	struct range r;

	for (u32 i = 0; i < tree_reg_count(&board->tree, node); i++)
		if (tree_reg(&board->tree, node, i, &r) && board_add_controller(board, r, false))
			return -EINVAL;
	return 0;
}

/* Firmware's own as well, which it may have marked disabled. */
static int read_controllers(struct board *board)
{
	static const char *const kinds[] = { "riscv,aplic",
					     "riscv,imsics",
					     "riscv,plic0",
					     "sifive,plic-1.0.0",
					     "thead,c900-plic",
					     "riscv,clint0",
					     "sifive,clint0",
					     "thead,c900-clint",
					     "riscv,aclint-mswi",
					     "riscv,aclint-sswi",
					     "riscv,aclint-mtimer",
					     "thead,c900-aclint-mswi",
					     "thead,c900-aclint-mtimer",
					     "thead,c900-aclint-sswi" };
	const struct tree *tree = &board->tree;
	int err = 0;

	/* A cell's interrupt files stand page by page, one for each of its CPUs. */
	err = board_add_controller(board, range_make(board->aplic.base, board->aplic.size), true);
	if (!err)
		err = board_add_controller(board, range_make(board->imsic.base, (u64)board->cpu_count * PAGE_SIZE), true);
	for (int n = fdt_next_node(tree->fdt, -1, NULL); n >= 0 && !err; n = fdt_next_node(tree->fdt, n, NULL)) {
		bool one = false;

		for (u32 i = 0; i < ARRAY_SIZE(kinds) && !one; i++)
			one = tree_compatible(tree, n, kinds[i]);
		if (one)
			err = add_node(board, n);
	}
	return err;
}

static int read_riscv(struct board *board)
{
	const struct tree *tree = &board->tree;
	int err = read_harts(board);
	struct range r;

	board->timer_node = -1;
	board->imsic_node = find_imsic(tree);
	board->controller_node = board->imsic_node < 0 ? -1 : find_aplic(tree, board->imsic_node);
	if (err)
		return err;
	if (board->controller_node < 0)
		return no_aia(board);
	if (!tree_reg(tree, board->controller_node, 0, &r))
		return board_error(board, board->controller_node, "correct its reg property", "cannot read the APLIC's registers");
	board->aplic = (struct blob_aplic){ .base = r.start,
					    .size = r.size,
					    .source_count = tree_u32(tree, board->controller_node, "riscv,num-sources", 0, 0) };
	err = read_files(board);
	return err ? err : read_controllers(board);
}

static void show(const struct board *board)
{
	output_hex("aplic", "APLIC", board->aplic.base);
	output_number("sources", "interrupt sources", board->aplic.source_count);
	output_hex("imsic", "IMSIC", board->imsic.base);
	output_number("identities", "message identities", board->imsic.id_count);
	output_number("guest_files", "guest files per CPU", (1u << board->imsic.guest_bits) - 1);
	output_number("counter_hz", "counter Hz", board->counter_hz);
	output_string("firmware", "firmware calls", "sbi");
}

/* --- the device tree of a Linux cell --------------------------------------------------------------------------------------- */

#define PHANDLE_IMSIC PHANDLE_ARCH
#define PHANDLE_INTC (PHANDLE_ARCH + 1) /* of the first CPU */

static void guest_hart(struct guest_writer *w, u32 vcpu)
{
	static const char *const plain[] = {
		"compatible", "mmu-type", "riscv,isa-base", "riscv,cbom-block-size", "riscv,cbop-block-size", "riscv,cboz-block-size"
	};
	int node = guest_cpu_node(w, vcpu);
	struct bytes extensions = isa_guest_extensions(w->board, node);
	const char *isa = isa_guest_string(w->board, node);

	guest_begin(w, mem_format("cpu@%x", vcpu));
	guest_put_string(w, "device_type", "cpu");
	guest_put_u32(w, "reg", vcpu);
	guest_put_string(w, "status", "okay");
	for (u32 i = 0; i < ARRAY_SIZE(plain); i++)
		guest_put_copy(w, node, plain[i]);
	if (extensions.size)
		guest_put(w, "riscv,isa-extensions", extensions.data, (int)extensions.size);
	if (isa)
		guest_put_string(w, "riscv,isa", isa);
	guest_begin(w, "interrupt-controller");
	guest_put_string(w, "compatible", "riscv,cpu-intc");
	guest_put_u32(w, "#address-cells", 0);
	guest_put_u32(w, "#interrupt-cells", 1);
	guest_put(w, "interrupt-controller", "", 0);
	guest_put_u32(w, "phandle", PHANDLE_INTC + vcpu);
	guest_end(w);
	guest_end(w);
}

static void guest_cpus(struct guest_writer *w)
{
	guest_begin(w, "cpus");
	guest_put_u32(w, "#address-cells", 1);
	guest_put_u32(w, "#size-cells", 0);
	guest_put_u32(w, "timebase-frequency", (u32)w->cell->board->counter_hz);
	for (u32 i = 0; i < w->cell->cpu_count; i++)
		guest_hart(w, i);
	guest_end(w);
}

/* The cell's interrupt files have no guest files behind them, so their index bits are all left to be computed. */
static void guest_controller(struct guest_writer *w)
{
	const struct board *b = w->cell->board;
	const struct range files = range_make(b->imsic.base, (u64)w->cell->cpu_count * PAGE_SIZE);
	const struct range aplic = range_make(b->aplic.base, b->aplic.size);
	u32 *parents = mem_alloc(w->cell->cpu_count * 2 * sizeof(*parents));

	for (u32 i = 0; i < w->cell->cpu_count; i++) {
		parents[2 * i] = PHANDLE_INTC + i;
		parents[2 * i + 1] = IRQ_S_EXT;
	}
	guest_begin(w, mem_format("interrupt-controller@%llx", (unsigned long long)files.start));
	guest_put_copy(w, b->imsic_node, "compatible");
	guest_put_ranges(w, "reg", &files, 1);
	guest_put_cells(w, "interrupts-extended", parents, 2 * w->cell->cpu_count);
	guest_put_u32(w, "riscv,num-ids", b->imsic.id_count);
	guest_put(w, "interrupt-controller", "", 0);
	guest_put(w, "msi-controller", "", 0);
	guest_put_u32(w, "#address-cells", 0);
	guest_put_u32(w, "#interrupt-cells", 0);
	guest_put_u32(w, "#msi-cells", 0);
	guest_put_u32(w, "phandle", PHANDLE_IMSIC);
	guest_end(w);
	guest_begin(w, mem_format("interrupt-controller@%llx", (unsigned long long)aplic.start));
	guest_put_copy(w, b->controller_node, "compatible");
	guest_put_ranges(w, "reg", &aplic, 1);
	guest_put_u32(w, "msi-parent", PHANDLE_IMSIC);
	guest_put_u32(w, "riscv,num-sources", b->aplic.source_count);
	guest_put(w, "interrupt-controller", "", 0);
	guest_put_u32(w, "#address-cells", 0);
	guest_put_u32(w, "#interrupt-cells", 2);
	guest_put_u32(w, "phandle", PHANDLE_CONTROLLER);
	guest_end(w);
}

const struct board_arch board_riscv = {
	.number = BULKHEAD_ARCH_RISCV,
	.elf_machine = EM_RISCV,
	.machine = "riscv64",
	.cpu_name = "64-bit RISC-V",
	.hwid_name = "HART",
	.controller = "APLIC",
	.irq_name = "IRQ",
	.irq_example = "<8 4>",
	.irq_cells = 2,
	.irq_cells_max = 2,
	.image_magic_at = 56,
	.image_magic = 0x05435352, /* "RSC\x05" */
	.image_offset_align = 2 << 20,
	.image_offset_end = 1 << 30,
	.guest_console = "earlycon=sbi console=hvc0", /* both by SBI DBCN; kernels without a driver for hvc0 keep the first */
	.no_root_parent = true,
	.is = is_riscv,
	.read = read_riscv,
	.decode_irq = decode_irq,
	.encode_irq = board_irq_encode,
	.irq_form = irq_form,
	.show = show,
	.guest_cpus = guest_cpus,
	.guest_controller = guest_controller,
};
