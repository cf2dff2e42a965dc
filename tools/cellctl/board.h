/* SPDX-License-Identifier: GPL-2.0-only */
/* board.c: the machine as its device tree describes it: what the system blob says and what cells may ask for. */
#ifndef CELLCTL_BOARD_H
#define CELLCTL_BOARD_H

#include <bulkhead/plan.h>

#include "tree.h"

#define BOARD_LIVE "/sys/firmware/fdt"
#define BOARD_MAX_ITS 4
#define DEVICE_MAX_REGS 8
#define DEVICE_MAX_IRQS 16

struct board_cpu {
	u64 hwid;
	int node;
};

struct board {
	char name[BULKHEAD_NAME_SIZE];
	struct tree tree;
	struct board_cpu cpus[BULKHEAD_MAX_CPUS];
	u32 cpu_count;
	struct range ram[PLAN_MAX_RAM];
	u32 ram_count;
	struct range gicd;
	struct range gicr[PLAN_MAX_GICR];
	u32 gicr_count;
	struct range its[BOARD_MAX_ITS];
	u32 its_count;
	int gic_node;
	int timer_node;
	u32 maintenance_intid;
	u32 conduit;      /* enum blob_conduit */
	int console_node; /* the root's console, negative: none */
	u64 uart_base;
	u32 uart_type; /* enum blob_uart */
	u32 uart_reg_shift;
	u64 phys_limit;
	u32 flags; /* BLOB_MACHINE_* */
};

/*
 * name: a .dts or .dtb file, the name of a directory in configs/, or NULL: this machine. Reports; 0 or -EINVAL. Without
 * need_gic a board the hypervisor cannot drive is still read.
 */
int board_load(const char *name, struct board *board);
/* The system blob, verified. data NULL: reported. */
struct bytes board_blob(const struct board *board);
/* What differs between the board file and the running machine; reports "board-mismatch" and returns -EINVAL. */
int board_compare(const struct board *file, const struct board *live);
/* Takes seeds and the root's boot arguments out. */
void board_strip(struct board *board);

/* --- devices --- */
struct board_irq {
	u32 intid;
	u32 flags; /* BLOB_IRQ_* */
	bool is_private;
};

/* Entry index of the node's interrupts, which must go to the GIC: 0; -ENOENT: no more; -EINVAL: not the GIC's. */
int board_irq(const struct board *board, int node, u32 index, struct board_irq *irq);
/* The three cells of a GIC interrupt specifier. False: not a GIC interrupt. */
bool board_decode_irq(const u32 cells[3], struct board_irq *irq);
u32 board_uart_type(const struct board *board, int node);
/* "amba/9040000.pl011", the way Linux names it. */
const char *board_linux_name(const struct board *board, int node);
bool board_is_ram(const struct board *board, struct range r);
bool board_ram_contains(const struct board *board, struct range r);
bool board_is_controller(const struct board *board, struct range r);

#endif
