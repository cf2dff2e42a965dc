/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration blob: what cellctl emits, the driver carries without looking inside, and the hypervisor verifies.
 *
 * Layout: struct blob_header, then section_count x struct blob_section, then the records. All integers little-endian,
 * offsets in bytes from the blob's start and multiples of 8; sections stand in ascending offset order, do not overlap,
 * and fill the blob without gaps. An unknown kind, flag or record size is an error, never ignored. Reserved fields are 0.
 */
#ifndef BULKHEAD_ABI_BLOB_H
#define BULKHEAD_ABI_BLOB_H

#include <stdint.h>

#include "version.h"
#include "window.h"

#define BLOB_MAGIC 0x424f4c424b4c5542ull /* "BULKBLOB" in memory */
#define BLOB_MAX_SIZE 65536
#define BLOB_ANY (~0ull)   /* host address: the hypervisor's caller chooses */
#define BLOB_CPU_ANY (~0u) /* any free CPU, highest board number first */

enum blob_type { BLOB_SYSTEM = 1, BLOB_CELL = 2 };

/* Section kinds. 1-15 describe the machine, 16-63 a cell; 256 and up never reach the hypervisor. */
enum blob_kind {
	BLOB_RAM = 1,          /* struct blob_ram, 1..n */
	BLOB_CPU = 2,          /* struct blob_cpu, 1..BULKHEAD_MAX_CPUS; index = board CPU number */
	BLOB_MACHINE = 3,      /* struct blob_machine, exactly 1 */
	BLOB_GIC = 4,          /* struct blob_gic, exactly 1 on arm64 */
	BLOB_GICR = 5,         /* struct blob_ram, redistributor regions, 1..n with GICv3 */
	BLOB_APLIC = 6,        /* struct blob_aplic, exactly 1 on riscv */
	BLOB_IMSIC = 7,        /* struct blob_imsic, exactly 1 on riscv */
	BLOB_IOAPIC = 8,       /* struct blob_ioapic, 1..8 on x86 */
	BLOB_X86 = 9,          /* struct blob_x86, exactly 1 on x86 */
	BLOB_CELL_CONFIG = 16, /* struct blob_cell, exactly 1 */
	BLOB_CELL_CPU = 17,    /* struct blob_cell_cpu, 1..n; the first is the boot CPU, order = vCPU number */
	BLOB_CELL_MEMORY = 18, /* struct blob_cell_memory, 1..n */
	BLOB_CELL_MMIO = 19,   /* struct blob_cell_mmio, 0..n */
	BLOB_CELL_IRQ = 20,    /* struct blob_cell_irq, 0..n */
	BLOB_CELL_PIO = 21,    /* struct blob_cell_pio, 0..16, x86 */
	BLOB_CELL_WINDOW = 22, /* struct blob_cell_window, 0..WINDOW_CELL_MAX */
	BLOB_POSITIONS = 256,  /* text, cellctl's own: source positions */
	BLOB_SOURCE = 257,     /* device tree blob, cellctl's own: what a compiled cell was made from */
};

struct blob_header {
	uint64_t magic;
	uint16_t abi_major;
	uint16_t abi_minor;
	uint32_t size; /* bytes, header included */
	uint16_t type; /* enum blob_type */
	uint16_t arch; /* BULKHEAD_ARCH_* */
	uint32_t section_count;
	uint64_t reserved;
	char name[BULKHEAD_NAME_SIZE]; /* NUL padded; cell: [a-z0-9][a-z0-9-]{0,30} */
};

struct blob_section {
	uint16_t kind;
	uint16_t record_size;
	uint32_t record_count;
	uint32_t offset;
	uint32_t reserved;
};

struct blob_ram {
	uint64_t base;
	uint64_t size;
};

struct blob_cpu {
	uint64_t hwid;      /* arm64: MPIDR affinity bits; riscv: hart id; x86: APIC id */
	uint32_t flags;     /* none yet */
	uint32_t msi_index; /* riscv: where its interrupt file is, see struct blob_imsic; others 0 */
};

/* 8250_PIO: at I/O ports, uart_base and uart_gpa are port numbers. */
enum blob_uart { BLOB_UART_NONE = 0, BLOB_UART_PL011 = 1, BLOB_UART_8250 = 2, BLOB_UART_8250_PIO = 3 };
enum blob_conduit { BLOB_CONDUIT_SMC = 1, BLOB_CONDUIT_HVC = 2 };
#define BLOB_MACHINE_FORCE_LIST_REGISTERS 0x1
#define BLOB_MACHINE_DENY_ROOT_SMC 0x2

struct blob_machine {
	uint64_t phys_limit; /* first address above all RAM and MMIO of the machine */
	uint64_t uart_base;  /* the hypervisor's own log UART, shared with the root; 0: none */
	uint32_t uart_type;  /* enum blob_uart */
	uint32_t uart_reg_shift;
	uint32_t conduit;         /* arm64: enum blob_conduit, how firmware is called; others 0 */
	uint32_t flags;           /* BLOB_MACHINE_* */
	uint64_t counter_hz;      /* riscv: timebase-frequency; others 0: the hardware says, or the driver (x86, struct boot_block) */
	uint32_t cbom_block_size; /* riscv with Zicbom: bytes, a power of two; else 0 */
	uint32_t reserved;
};

struct blob_gic {
	uint64_t gicd_base;
	uint64_t gicd_size;
	uint32_t version;           /* 3 (also for GICv4 in GICv3 mode) */
	uint32_t maintenance_intid; /* 16..31 */
};

/* The supervisor-level APLIC that delivers by MSI. RISC-V AIA, chapter 4. */
struct blob_aplic {
	uint64_t base;
	uint64_t size;         /* bytes, pages */
	uint32_t source_count; /* 1..1023; sources are 1..source_count */
	uint32_t reserved;
};

/*
 * The supervisor-level IMSIC: a CPU's S-mode file is at base + (group << group_shift) + (hart << (12 + guest_bits)), with
 * hart = msi_index & (BIT(hart_bits) - 1), group = msi_index >> hart_bits; guest files follow it page by page. msi_index is
 * also the Hart Index field of APLIC targets. RISC-V AIA, 3.6.
 */
struct blob_imsic {
	uint64_t base;
	uint32_t guest_bits; /* log2 of the pages of a CPU: 1 + guest files, rounded up */
	uint32_t hart_bits;
	uint32_t group_bits;
	uint32_t group_shift; /* 24..55 where group_bits is not 0 */
	uint32_t id_count;    /* 63..2047: the highest interrupt identity */
	uint32_t reserved;
};

/* ACPI, MADT. Each pin is one GSI. */
struct blob_ioapic {
	uint64_t base; /* one page */
	uint32_t gsi_base;
	uint32_t pin_count; /* 1..240 */
};

/* ACPI, FADT: I/O ports by which a guest ends or sleeps the whole machine, 0: there is none; and DMAR. */
struct blob_x86 {
	uint16_t pm1a_control;
	uint16_t pm1b_control;
	uint16_t reset_port; /* RESET_REG where it is a port */
	uint8_t reset_value;
	uint8_t reserved8;
	uint32_t remap_page;   /* page number of the VT-d unit that remaps interrupts of the first IO-APIC; 0: none */
	uint16_t remap_source; /* source id of those */
	uint16_t reserved16;
};

/* Cell flags. */
#define BLOB_CELL_CONSOLE 0x1 /* has a console ring */
#define BLOB_CELL_CRITICAL 0x2
enum blob_restart { BLOB_RESTART_NEVER = 0, BLOB_RESTART_ON_FAULT = 1, BLOB_RESTART_ALWAYS = 2 };
enum blob_irq_mode { BLOB_IRQ_AUTO = 0, BLOB_IRQ_DIRECT = 1, BLOB_IRQ_LIST_REGISTER = 2 };

struct blob_cell {
	uint32_t flags;       /* BLOB_CELL_* */
	uint32_t irq_mode;    /* enum blob_irq_mode */
	uint64_t comm_gpa;    /* page aligned, outside every other range of the cell */
	uint64_t uart_gpa;    /* the cell's console UART as the guest sees it; 0: none */
	uint32_t uart_type;   /* enum blob_uart */
	uint32_t uart_intid;  /* 0: none */
	uint32_t watchdog_ms; /* 0: off */
	uint32_t restart_limit;
	uint8_t restart;    /* enum blob_restart */
	uint8_t restart_by; /* 0 root; 1 hypervisor, reserved */
	uint16_t reserved16;
	uint32_t reserved;
};

struct blob_cell_cpu {
	uint32_t cpu; /* board CPU number, or BLOB_CPU_ANY */
	uint32_t reserved;
};

#define BLOB_MEM_READ 0x1
#define BLOB_MEM_WRITE 0x2
#define BLOB_MEM_EXEC 0x4

struct blob_cell_memory {
	uint64_t gpa;
	uint64_t size;
	uint64_t host;  /* or BLOB_ANY */
	uint32_t flags; /* BLOB_MEM_*; READ always set */
	uint32_t reserved;
};

#define BLOB_MMIO_READ_ONLY 0x1
#define BLOB_STREAM_NONE (~0u)

struct blob_cell_mmio {
	uint64_t gpa;  /* page aligned: mapped; else trapped and forwarded, gpa and host agree below the page */
	uint64_t size; /* bytes, at most one page where trapped */
	uint64_t host;
	uint32_t flags;     /* BLOB_MMIO_* */
	uint32_t widths;    /* bit n: accesses of 1 << n bytes are allowed; 0xf: all */
	uint32_t stream_id; /* DMA identity, BLOB_STREAM_NONE: none */
	uint32_t keep;      /* bits that a write leaves as they are; not 0: one register of 4 bytes, accessed whole */
};

#define BLOB_IRQ_EDGE 0x1

struct blob_cell_irq {
	uint32_t irq;   /* arm64: INTID 32..1019; riscv: APLIC source 1..1023; x86: GSI 0..1023 */
	uint32_t flags; /* BLOB_IRQ_EDGE */
};

/* I/O ports [base, base + count), below 65536. */
struct blob_cell_pio {
	uint32_t base;
	uint32_t count;
};

_Static_assert(sizeof(struct blob_header) == 64, "ABI");
_Static_assert(sizeof(struct blob_section) == 16, "ABI");
_Static_assert(sizeof(struct blob_ram) == 16, "ABI");
_Static_assert(sizeof(struct blob_cpu) == 16, "ABI");
_Static_assert(sizeof(struct blob_machine) == 48, "ABI");
_Static_assert(sizeof(struct blob_gic) == 24, "ABI");
_Static_assert(sizeof(struct blob_aplic) == 24, "ABI");
_Static_assert(sizeof(struct blob_imsic) == 32, "ABI");
_Static_assert(sizeof(struct blob_ioapic) == 16, "ABI");
_Static_assert(sizeof(struct blob_x86) == 16, "ABI");
_Static_assert(sizeof(struct blob_cell) == 48, "ABI");
_Static_assert(sizeof(struct blob_cell_cpu) == 8, "ABI");
_Static_assert(sizeof(struct blob_cell_memory) == 32, "ABI");
_Static_assert(sizeof(struct blob_cell_mmio) == 40, "ABI");
_Static_assert(sizeof(struct blob_cell_irq) == 8, "ABI");
_Static_assert(sizeof(struct blob_cell_pio) == 8, "ABI");

#endif
