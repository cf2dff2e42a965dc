/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libFuzzer target: what cellctl reads. Any bytes are a cell for one of three boards, a board, or what dtc writes about a tree: they
 * end in messages, or in a blob that the hypervisor's verifier takes. Sources go through cpp and dtc, which are not ours; here begins
 * what they give. The first byte chooses. Boards: arm64.dtb, riscv.dtb, x86.dtb in the directory FUZZ_BOARDS names.
 */
#include "../../tools/cellctl/dts.c"

#include "checks.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum choice { CHOOSE_BOARD = 0x3, CHOOSE_AS_BOARD = 0x4, CHOOSE_TEXT = 0x8 };

static struct board boards[3];
static int file = -1; /* in memory: trees are loaded by name */
static char name[64];

/* What is noted of a tree is what libfdt finds in it. */
static void judge_index(const struct tree *tree)
{
	for (int n = fdt_next_node(tree->fdt, -1, NULL); n >= 0; n = fdt_next_node(tree->fdt, n, NULL)) {
		int parent = fdt_parent_offset(tree->fdt, n), noted = tree_parent(tree, n);
		u32 phandle = fdt_get_phandle(tree->fdt, n);

		if (parent < 0 ? noted >= 0 : noted != parent)
			abort();
		if (phandle && phandle != ~0u && tree_by_phandle(tree, phandle) != fdt_node_offset_by_phandle(tree->fdt, phandle))
			abort();
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const names[] = { "arm64", "riscv", "x86" };
	const char *dir = getenv("FUZZ_BOARDS");

	(void)argc;
	(void)argv;
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (board_load(mem_format("%s/%s.dtb", dir ? dir : ".", names[i]), &boards[i])) {
			message_print();
			abort();
		}
		judge_index(&boards[i].tree);
	}
	file = memfd_create("cell", 0);
	if (file < 0)
		abort();
	snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
	return 0;
}

static void put(const uint8_t *data, size_t size)
{
	if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
}

static void read_cell(const struct board *board)
{
	struct cell *cell = mem_alloc(sizeof(*cell));
	const struct check_context context = { .board = board, .cell = cell, .files_optional = true };

	if (cell_load(name, board, cell) || checks_run(&context))
		return;
	cell_blob(cell); /* verifies what it made */
	tree_positions_pack(&cell->tree);
}

static void read_board(void)
{
	struct board *board = mem_alloc(sizeof(*board));

	if (board_load(name, board))
		return;
	board_blob(board);
	board_spare_irq(board);
	board_strip(board);
}

/* Two bytes: how long the tree is; behind it the text. */
static void read_text(const uint8_t *data, size_t size)
{
	struct tree tree = { 0 };
	size_t length = size < 2 ? 0 : (size_t)(data[0] | data[1] << 8);
	struct bytes dtb;

	if (size < 2 || length > size - 2)
		return;
	dtb = (struct bytes){ .data = mem_alloc(length + 1), .size = length };
	memcpy(dtb.data, data + 2, length);
	if (tree_from_dtb("fuzz", ".", dtb, &tree))
		return;
	judge_index(&tree);
	const char *text = mem_copy((const char *)data + 2 + length, size - 2 - length);

	read_positions(&tree, text);
	needs_cpp(text);
	rewrite_diagnostics("fuzz", text);
	tree_positions_unpack(&tree, text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const void *mark = mem_mark();

	if (size < 1 || (data[0] & CHOOSE_BOARD) == ARRAY_SIZE(boards))
		return 0;
	if (data[0] & CHOOSE_TEXT) {
		read_text(data + 1, size - 1);
	} else {
		put(data + 1, size - 1);
		if (data[0] & CHOOSE_AS_BOARD)
			read_board();
		else
			read_cell(&boards[data[0] & CHOOSE_BOARD]);
	}
	message_forget();
	mem_free_since(mark);
	return 0;
}
