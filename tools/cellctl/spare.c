// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts that nothing of the board is wired to: the highest tells the root something, those below are doorbells of cells. */
#include "board.h"

#include <bulkhead/abi/ioctl.h>
#include <errno.h>

#include <libfdt.h>

#define IRQS 1024
#define GIC_BANK 32 /* a GIC has its interrupts in banks of so many */

/* Of all devices, disabled ones too: firmware may use those. Returns the highest. */
static u32 mark_used(const struct board *board, bool used[IRQS])
{
	const struct tree *tree = &board->tree;
	u32 highest = 0;

	for (int node = fdt_next_node(tree->fdt, -1, NULL); node >= 0; node = fdt_next_node(tree->fdt, node, NULL)) {
		struct board_irq irq;
		int err = 0;

		for (u32 i = 0; err != -ENOENT && i < IRQS; i++) {
			err = board_irq(board, node, i, &irq);
			if (err || irq.is_private || irq.intid >= IRQS)
				continue;
			used[irq.intid] = true;
			highest = irq.intid > highest ? irq.intid : highest;
		}
	}
	return highest;
}

/* Interrupts that the root's kernel gives to messages are in no device's node. */
static bool has_message_ranges(const struct board *board)
{
	return fdt_node_offset_by_compatible(board->tree.fdt, -1, "arm,gic-v2m-frame") >= 0 ||
	       tree_has(&board->tree, board->controller_node, "mbi-ranges");
}

u32 board_spare_below(const struct board *board, u32 limit)
{
	struct blob_irqs irqs = blob_irqs(board->arch->number);
	bool used[IRQS] = { false };
	u32 end;

	if (has_message_ranges(board))
		return 0;
	end = (mark_used(board, used) | (GIC_BANK - 1)) + 1;
	if (board->aplic.size)
		end = board->aplic.source_count + 1;
	if (end > irqs.end)
		end = irqs.end;
	if (end > limit)
		end = limit;
	while (end-- > irqs.first)
		if (!used[end])
			return end;
	return 0;
}

u32 board_spare_irq(const struct board *board)
{
	return board->arch->number == BULKHEAD_ARCH_X86 ? BULKHEAD_NOTIFY_ANY : board_spare_below(board, ~0u);
}
