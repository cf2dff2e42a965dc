/* SPDX-License-Identifier: GPL-2.0-only */
/* board.c: the machine as its device tree describes it: what the system blob says and what cells may ask for. */
#ifndef CELLCTL_BOARD_H
#define CELLCTL_BOARD_H

#include <bulkhead/plan.h>

#include "tree.h"

#define BOARD_LIVE "/sys/firmware/fdt"
#define BOARD_MAX_CONTROLLERS 40
#define DEVICE_MAX_REGS 8
#define DEVICE_MAX_IRQS 16
#define IRQ_MAX_CELLS 3

struct board;
struct board_irq;
struct guest_writer;
struct cell;
struct layout;
struct layout_problem;

/* What is different from one architecture to the next. The tables are in board_arm64.c, board_riscv.c and board_x86.c. */
struct board_arch {
	u16 number;                /* BULKHEAD_ARCH_* */
	u16 elf_machine;           /* EM_* */
	const char *machine;       /* as uname -m and compilers say: "aarch64" */
	const char *cpu_name;      /* "64-bit Arm" */
	const char *hwid_name;     /* what a hardware id is called */
	const char *controller;    /* what devices' interrupts go to: "GIC" */
	const char *irq_name;      /* one of its interrupts */
	const char *irq_example;   /* as irqs wants it */
	u32 irq_base;              /* number people use = interrupt id - irq_base */
	u32 irq_cells;             /* of one interrupt in irqs, at least as many in the board's tree */
	u32 irq_cells_max;         /* in the board's tree */
	u32 image_magic;           /* of a Linux kernel ... */
	u32 image_magic_at;        /* ... at this byte of its file */
	bool has_ports;            /* I/O ports, which devices have instead of registers in memory or beside them */
	u64 image_offset_align;    /* its text offset is a multiple of this ... */
	u64 image_offset_end;      /* ... below this */
	u64 image_offset_unsaid;   /* where the header has no size (very old): what it is then; 0: there are no such kernels */
	const char *guest_console; /* kernel arguments that make a Linux cell print into its console ring; NULL: none */
	/* Else Linux takes it for the parent of the interrupt controllers in the CPU nodes, and waits for it for ever. */
	bool no_root_parent; /* interrupt-parent stands in each device, not in the root */
	bool (*is)(const struct tree *tree);
	/* Controllers, firmware, timer. Reports; 0 or -EINVAL. */
	int (*read)(struct board *board);
	/* The cells of one interrupt specifier. False: not an interrupt of the controller. */
	bool (*decode_irq)(const struct board *board, const u32 *cells, struct board_irq *irq);
	void (*encode_irq)(const struct board_irq *irq, u32 *cells);
	/* How to write an interrupt, for a message. */
	const char *(*irq_form)(const struct board *board);
	/* Its fields of `cellctl board`. */
	void (*show)(const struct board *board);
	/* Parts of the device tree of a Linux cell: /cpus, and the controller with what belongs to it. */
	void (*guest_cpus)(struct guest_writer *w);
	void (*guest_controller)(struct guest_writer *w);
	/* Where kernels are loaded otherwise than as an Image with a device tree: the kernel, and the rest. NULL: not here. */
	int (*linux_kernel)(const struct cell *cell, const char *path, struct bytes file, struct layout *l, struct layout_problem *problem);
	int (*linux_rest)(const struct cell *cell, struct layout *l, struct bytes initrd, struct layout_problem *problem);
};

struct board_cpu {
	u64 hwid;
	int node;
	u32 msi_index; /* riscv, see struct blob_imsic */
};

struct ranges {
	struct range at[BOARD_MAX_CONTROLLERS];
	u32 count;
};

struct board {
	const struct board_arch *arch;
	char name[BULKHEAD_NAME_SIZE];
	struct tree tree;
	struct board_cpu cpus[BULKHEAD_MAX_CPUS];
	u32 cpu_count;
	struct range ram[PLAN_MAX_RAM];
	u32 ram_count;
	int controller_node;            /* what devices' interrupts go to: GIC, S-level APLIC */
	struct ranges controllers;      /* registers nobody may be given */
	struct ranges cell_controllers; /* where each cell sees its own part, in its own addresses; [0] and [1] tell machines apart */
	struct blob_gic gic;            /* arm64; size 0: none */
	struct blob_ram gicr[PLAN_MAX_GICR];
	u32 gicr_count;
	int timer_node;          /* arm64 */
	struct blob_aplic aplic; /* riscv; size 0: none */
	struct blob_imsic imsic;
	int imsic_node;
	u64 counter_hz;                              /* riscv, else 0 */
	u32 cbom_size;                               /* riscv with Zicbom, else 0 */
	struct blob_ioapic ioapic[PLAN_MAX_IOAPICS]; /* x86; the first is controller_node */
	u32 ioapic_count;
	struct blob_x86 x86;
	bool no_cell_irqs; /* cells get no interrupts of devices: they poll */
	u32 conduit;       /* arm64: enum blob_conduit, else 0 */
	int console_node;  /* the root's console, negative: none */
	u64 uart_base;
	u32 uart_type; /* enum blob_uart */
	u32 uart_reg_shift;
	u64 phys_limit;
	u32 flags; /* BLOB_MACHINE_* */
};

extern const struct board_arch board_arm64, board_riscv, board_x86;
/* NULL ends. */
const struct board_arch *board_arch_by_index(u32 index);
/* Of the machine this program runs on. */
const struct board_arch *board_arch_here(void);

/*
 * name: a .dts or .dtb file, the name of a directory in configs/, or NULL: this machine. Reports; 0 or -EINVAL. Without
 * need_gic a board the hypervisor cannot drive is still read.
 */
int board_load(const char *name, struct board *board);
/* Whether this machine describes itself: a device tree, or ACPI tables. */
bool board_live(void);
/* The system blob, verified. data NULL: reported. */
struct bytes board_blob(const struct board *board);
/* spare.c: what BULKHEAD_ENABLE takes as `notify`; 0: there is none. */
u32 board_spare_irq(const struct board *board);
/* The next one, below `limit`; not on x86, whose windows have vectors. 0: there is none. */
u32 board_spare_below(const struct board *board, u32 limit);
/* What differs between the board file and the running machine; reports "board-mismatch" and returns -EINVAL. */
int board_compare(const struct board *file, const struct board *live);
/* Takes seeds and the root's boot arguments out. */
void board_strip(struct board *board);

/* --- for the architectures' readers --- */
/* Reports "board-invalid" at the node (negative: the tree); -EINVAL. */
int board_error(const struct board *board, int node, const char *fix, const char *what);
/* Remembers registers of a controller; cells_too: each cell sees its own part there. 0, or reported. */
int board_add_controller(struct board *board, struct range r, bool cells_too);

/* --- devices --- */
struct board_irq {
	u32 intid;
	u32 flags; /* BLOB_IRQ_* */
	u32 type;  /* as in the board's tree: 1 rising edge, 2 falling, 4 high level, 8 low */
	bool is_private;
};

/* Specifiers of two cells, as most controllers have them: number, type. False: no such type. */
bool board_irq_decode(const u32 *cells, struct board_irq *irq);
void board_irq_encode(const struct board_irq *irq, u32 *cells);
/* Entry index of the node's interrupts, which must go to the controller: 0; -ENOENT: no more; -EINVAL: not the controller's. */
int board_irq(const struct board *board, int node, u32 index, struct board_irq *irq);
/* "interrupt 42 (SPI 10)" */
const char *board_irq_text(const struct board *board, u32 intid);
/* I/O ports of a device by number; false: it has no such. */
bool board_ports(const struct board *board, int node, u32 index, struct range *r);
u32 board_uart_type(const struct board *board, int node);
/* "amba/9040000.pl011", the way Linux names it. */
const char *board_linux_name(const struct board *board, int node);
bool board_is_ram(const struct board *board, struct range r);
bool board_ram_contains(const struct board *board, struct range r);
bool board_is_controller(const struct board *board, struct range r);
/* The controller that cells see in r, of their own addresses; NULL: none. */
const struct range *board_cell_controller(const struct board *board, struct range r);

#endif
